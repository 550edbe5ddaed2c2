-- code: month
-- table: booking
-- severity: error
-- column: month
-- message: Monat {value} ist unmöglich oder fehlt.
-- remedy: 1 bis 12 schreiben; ohne Monat stehen nur Planwerte und Ist-Beträge einer Quelle, die das ganze Jahr nennt.
with monthly as (
    select distinct source_id, year
    from booking
    where value_type = 'actual' and month is not null
)

select rowid as row_number, regexp_replace(coalesce(cast(month as varchar), 'ohne Angabe'), '\.0$', '') as value
from booking
where
    month < 1
    or month > 12
    or (
        month is null
        and value_type = 'actual'
        and exists (select 1 from monthly where monthly.source_id = booking.source_id and monthly.year = booking.year)
    )
