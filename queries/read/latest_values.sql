-- question: what is the newest value of every indicator in every area of a level?
-- grain: one indicator and area; the period is the newest in which the level has a number at all
-- columns: indicator, area_id, period, numerator, denominator, value, status
-- params: level
with newest as (
    select indicator, max(period) as period
    from observation
    where level = $level and (value is not null or status = 'hidden')
    group by indicator
)

select
    observation.indicator, observation.area_id, observation.period, observation.numerator, observation.denominator,
    observation.value, observation.status
from observation
inner join newest on observation.indicator = newest.indicator and observation.period = newest.period
where observation.level = $level
order by observation.indicator, observation.area_id
