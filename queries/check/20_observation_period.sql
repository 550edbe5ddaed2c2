-- code: period
-- table: observation
-- severity: error
-- column: period
-- message: „{value}“ ist kein Zeitraum.
-- remedy: Jahr (2024) oder Monat (2024-06) schreiben.
select rowid as row_number, period as value
from observation
where period is not null and not regexp_full_match(period, '(19|20)[0-9]{2}(-(0[1-9]|1[0-2]))?')
