-- question: which indicators have a number on a level, and for which periods?
-- grain: one indicator
-- columns: key, name, definition, numerator, denominator, age_group, unit, kind, multiplier, decimals, direction, paragraph, topic,
--          typical_source, sensitivity, low, high (as in the catalogue), first_period, last_period, periods (how many)
-- params: level
with known as (
    select
        indicator,
        min(period) as first_period,
        max(period) as last_period,
        count(distinct period) as periods
    from observation
    where level = $level and (value is not null or status = 'hidden')
    group by indicator
)

select
    indicator.key, indicator.name, indicator.definition, indicator.numerator, indicator.denominator, indicator.age_group,
    indicator.unit, indicator.kind, indicator.multiplier, indicator.decimals, indicator.direction, indicator.paragraph,
    indicator.topic, indicator.typical_source, indicator.sensitivity, indicator.low, indicator.high,
    known.first_period, known.last_period, known.periods
from known
inner join indicator on known.indicator = indicator.key
order by indicator.topic, indicator.name, indicator.key
