-- question: how did one indicator develop in one area?
-- grain: one period
-- columns: period, numerator, denominator, value, sign, status, source_id, areas_missing
-- params: indicator, area_id
select period, numerator, denominator, value, sign, status, source_id, areas_missing
from observation
where indicator = $indicator and area_id = $area_id
order by period
