-- code: city_level
-- table: area
-- severity: error
-- column: level
-- message: Es gibt {value} Gebiete der Ebene „stadt“; genau eines ist nötig.
-- remedy: In area.csv genau eine Zeile mit level = stadt führen.
select min(rowid) as row_number, cast(count(*) filter (where level = 'stadt') as varchar) as value
from area
having count(*) filter (where level = 'stadt') <> 1
