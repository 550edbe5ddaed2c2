-- code: negative
-- table: observation
-- severity: error
-- column: numerator
-- message: {value} ist als Zähler oder Nenner unmöglich.
-- remedy: Zahl prüfen; Platzhalter wie -9999 leer lassen.
select
    observation.rowid as row_number,
    cast(least(coalesce(observation.numerator, 0), coalesce(observation.denominator, 0)) as varchar) as value
from observation
left join known_indicator on observation.indicator = known_indicator.key
where
    observation.denominator < 0
    or (observation.numerator < 0 and known_indicator.kind is distinct from 'ratio')
    or observation.numerator in (-99, -999, -9999, -99999, -999999)
