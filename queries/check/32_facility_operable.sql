-- code: places_order
-- table: facility
-- severity: warning
-- column: places_operable
-- message: „{value}“ hat mehr belegbare als genehmigte Plätze.
-- remedy: Beide Zahlen prüfen; gerechnet wird mit dem, was da steht.
select rowid as row_number, name as value
from facility
where places_operable > places_licensed
