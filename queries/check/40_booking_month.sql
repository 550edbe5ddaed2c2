-- code: month
-- table: booking
-- severity: error
-- column: month
-- message: Monat {value} ist unmöglich oder fehlt.
-- remedy: 1 bis 12 schreiben; nur Planwerte dürfen ohne Monat stehen.
select rowid as row_number, regexp_replace(coalesce(cast(month as varchar), 'ohne Angabe'), '\.0$', '') as value
from booking
where month < 1 or month > 12 or (month is null and value_type = 'actual')
