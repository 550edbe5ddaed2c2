-- code: population_sex
-- table: population
-- severity: error
-- column: sex
-- message: Im Gebiet {value} stehen „all“ und „female“ oder „male“ nebeneinander; das zählte doppelt.
-- remedy: Je Gebiet und Stichtag entweder nur „all“ oder nur „female“ und „male“ liefern.
select min(rowid) as row_number, area_id || ' am ' || cast(date as varchar) as value
from population
group by area_id, date
having count(*) filter (where sex = 'all') > 0 and count(*) filter (where sex <> 'all') > 0
