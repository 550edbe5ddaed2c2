-- code: booking_again
-- table: booking
-- severity: warning
-- column: source_id
-- message: {value}
-- remedy: Sind es verschiedene Teile des Haushalts? Sonst den älteren Stand entfernen, ehe der neue hinzukommt.
with sources as (
    select year, value_type, basis, count(distinct source_id) as sources, max(rowid) as row_number
    from booking
    group by year, value_type, basis
)

select
    row_number,
    'Für ' || cast(cast(year as integer) as varchar) || ' (' || value_type || ', ' || basis || ') zählen Buchungen aus '
    || cast(sources as varchar) || ' Quellen zusammen.' as value
from sources
where sources > 1
