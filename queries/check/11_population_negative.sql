-- code: negative
-- table: population
-- severity: error
-- column: count
-- message: {value} Personen sind unmöglich.
-- remedy: Zahl prüfen; was fehlt, bleibt leer.
select rowid as row_number, regexp_replace(cast(count as varchar), '\.0$', '') as value
from population
where count < 0
