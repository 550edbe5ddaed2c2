-- purpose: counts that would give a hidden number away are absent, and every value built on them
update observation
set
    numerator = case when hit.above then null else observation.numerator end,
    denominator = case when hit.below then null else observation.denominator end,
    value = null,
    status = 'hidden'
from (
    select
        area_id,
        period,
        regexp_replace(quantity, '\.(numerator|denominator)$', '') as indicator,
        bool_or(quantity like '%.numerator') as above,
        bool_or(quantity like '%.denominator') as below
    from hidden_numbers
    where quantity like '%.numerator' or quantity like '%.denominator'
    group by area_id, period, indicator
) as hit
where hit.indicator = observation.indicator and hit.area_id = observation.area_id and hit.period = observation.period
