-- code: places
-- table: facility
-- severity: error
-- column: places_licensed
-- message: Die Platzzahl von „{value}“ ist negativ.
-- remedy: Zahl prüfen; was fehlt, bleibt leer.
select rowid as row_number, name as value
from facility
where places_licensed < 0 or places_operable < 0 or enrolled < 0
