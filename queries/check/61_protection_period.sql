-- code: period
-- table: protection
-- severity: error
-- column: period
-- message: „{value}“ ist kein Jahr.
-- remedy: Das Jahr vierstellig schreiben, zum Beispiel 2024.
select rowid as row_number, period as value
from protection
where period is not null and not regexp_full_match(period, '(19|20)[0-9]{2}')
