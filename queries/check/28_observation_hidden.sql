-- code: hidden_with_number
-- table: observation
-- severity: error
-- column: status
-- message: {value}: Der Wert heißt „hidden“, steht aber da.
-- remedy: Was verborgen ist, bleibt leer; sonst einen anderen Status schreiben.
select rowid as row_number, indicator || ' ' || area_id || ' ' || period as value
from observation
where status = 'hidden' and (numerator is not null or value is not null)
