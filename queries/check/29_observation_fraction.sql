-- code: thousands
-- table: observation
-- severity: warning
-- column: numerator
-- message: Zähler oder Nenner {value} hat genau drei Nachkommastellen; ist ein Tausenderpunkt gemeint?
-- remedy: Zahlen ohne Tausenderpunkt schreiben; der Punkt ist das Dezimalzeichen.
with counted as (
    select observation.rowid as row_number, observation.numerator, observation.denominator
    from observation
    inner join known_indicator on observation.indicator = known_indicator.key
    where
        known_indicator.kind in ('count', 'share', 'rate')
        and (observation.numerator <> floor(observation.numerator) or observation.denominator <> floor(observation.denominator))
),

numbers as (
    select row_number, cast(numerator as varchar) as number
    from counted
    union all
    select row_number, cast(denominator as varchar)
    from counted
)

select row_number, min(number) as value
from numbers
where regexp_full_match(number, '[1-9][0-9]{0,2}\.[0-9]{3}')
group by row_number
