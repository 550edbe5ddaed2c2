-- code: negative
-- table: observation
-- severity: error
-- column: numerator
-- message: {value} ist als Zähler oder Nenner unmöglich.
-- remedy: Zahl prüfen; Platzhalter wie -9999 leer lassen.
select rowid as row_number, cast(least(coalesce(numerator, 0), coalesce(denominator, 0)) as varchar) as value
from observation
where numerator < 0 or denominator < 0
