-- code: negative
-- table: population
-- severity: error
-- column: count
-- message: {value} Personen sind unmöglich.
-- remedy: Zahl prüfen; was fehlt, bleibt leer.
select rowid as row_number, cast(cast(count as bigint) as varchar) as value
from population
where count < 0
