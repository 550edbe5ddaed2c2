-- question: has anything changed in an indicator and period? (compared between two snapshots)
-- grain: one indicator and period of a level
-- columns: indicator, period, known, total, counted, based, placed (sum that also sees values swapped between areas)
-- params: level
with numbered as (
    select
        indicator, period, value, numerator, denominator,
        row_number() over (partition by indicator, period order by area_id) as place
    from observation
    where level = $level
)

select
    indicator,
    period,
    count(value) as known,
    sum(value) as total,
    sum(numerator) as counted,
    sum(denominator) as based,
    sum(value * place) as placed
from numbered
group by indicator, period
order by indicator, period
