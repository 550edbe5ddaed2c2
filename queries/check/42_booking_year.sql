-- code: year
-- table: booking
-- severity: error
-- column: year
-- message: {value} ist kein Haushaltsjahr.
-- remedy: Das Jahr vierstellig schreiben, zum Beispiel 2024.
select rowid as row_number, regexp_replace(cast(year as varchar), '\.0$', '') as value
from booking
where year < 1990 or year > 2100
