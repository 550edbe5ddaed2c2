-- question: what are all indicator values of one area, in every period?
-- grain: one indicator and period
-- columns: indicator, period, numerator, denominator, value, sign, status, source_id, areas_missing
-- params: area_id
select indicator, period, numerator, denominator, value, sign, status, source_id, areas_missing
from observation
where area_id = $area_id
order by indicator, period
