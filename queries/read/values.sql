-- question: what is one indicator's value in every area of a level, in every period?
-- grain: one area and period; an area without a row in a period has no number
-- columns: area_id, period, numerator, denominator, value, sign, status, source_id, areas, areas_missing
-- params: indicator, level
select area_id, period, numerator, denominator, value, sign, status, source_id, areas, areas_missing
from observation
where indicator = $indicator and level = $level
order by period, area_id
