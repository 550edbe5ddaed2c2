-- code: share_above_one
-- table: observation
-- severity: error
-- column: numerator
-- message: Der Zähler ist größer als der Nenner: {value}.
-- remedy: Zähler und Nenner prüfen; ein Anteil liegt zwischen 0 und 100 %.
select
    observation.rowid as row_number,
    cast(observation.numerator as varchar) || ' von ' || cast(observation.denominator as varchar) as value
from observation
inner join known_indicator on observation.indicator = known_indicator.key
where
    known_indicator.kind = 'share'
    and observation.numerator > observation.denominator
    and not isnan(observation.numerator)
