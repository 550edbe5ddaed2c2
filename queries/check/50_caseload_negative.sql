-- code: negative
-- table: caseload
-- severity: error
-- column: stock
-- message: {value}: negative Fallzahlen, Tage oder Kosten sind unmöglich.
-- remedy: Zahl prüfen; was fehlt, bleibt leer.
select rowid as row_number, area_id || ' ' || service || ' ' || cast(month as varchar) as value
from caseload
where stock < 0 or entries < 0 or exits < 0 or care_days < 0 or cost < 0
