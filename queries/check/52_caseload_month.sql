-- code: month_start
-- table: caseload
-- severity: error
-- column: month
-- message: {value} ist nicht der erste Tag eines Monats.
-- remedy: Den Monat als ersten Tag schreiben, zum Beispiel 2024-06-01.
select rowid as row_number, cast(month as varchar) as value
from caseload
where extract(day from month) <> 1
