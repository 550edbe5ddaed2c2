-- question: how did the indicators develop in one area?
-- grain: one indicator and period
-- columns: indicator, period, numerator, denominator, value, sign, status, source_id, areas_missing
-- params: area_id
select indicator, period, numerator, denominator, value, sign, status, source_id, areas_missing
from observation
where area_id = $area_id
order by indicator, period
