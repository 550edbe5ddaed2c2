-- question: what is the value of every indicator for the whole city in every period?
-- grain: one indicator and period
-- columns: indicator, period, numerator, denominator, value, sign, status, source_id, areas, areas_missing
select
    observation.indicator, observation.period, observation.numerator, observation.denominator, observation.value,
    observation.sign, observation.status, observation.source_id, observation.areas, observation.areas_missing
from observation
where observation.level = 'stadt'
order by observation.indicator, observation.period
