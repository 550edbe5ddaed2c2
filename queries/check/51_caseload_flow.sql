-- code: case_flow
-- table: caseload
-- severity: warning
-- column: stock
-- message: {value}: Bestand passt nicht zu Vormonat plus Zugänge minus Beendigungen.
-- remedy: Bestand, Zugänge und Beendigungen prüfen.
with flow as (
    select
        rowid as row_number,
        area_id,
        service,
        month,
        stock,
        lag(stock) over (partition by area_id, service order by month) + entries - exits as expected,
        lag(month) over (partition by area_id, service order by month) as before
    from caseload
)

select row_number, area_id || ' ' || service || ' ' || cast(month as varchar) as value
from flow
where stock <> expected and before = month - interval 1 month
