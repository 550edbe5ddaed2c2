-- question: how many children of a cohort go from one stage to the next, in the areas of a level?
-- grain: one area, cohort and step
-- columns: area_id, cohort, from_stage, to_stage, count, of, hidden, areas_missing
-- params: level
select area_id, cohort, from_stage, to_stage, count, of, hidden, areas_missing
from transition
where level = $level
order by from_stage, to_stage, area_id, cohort
