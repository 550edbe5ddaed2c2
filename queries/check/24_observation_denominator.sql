-- code: denominator_missing
-- table: observation
-- severity: error
-- column: denominator
-- message: Zur Kennzahl „{value}“ fehlt der Nenner.
-- remedy: Zähler und Nenner gemeinsam liefern.
select observation.rowid as row_number, observation.indicator as value
from observation
inner join known_indicator on observation.indicator = known_indicator.key
where
    known_indicator.kind in ('share', 'rate', 'ratio')
    and observation.numerator is not null
    and observation.denominator is null
