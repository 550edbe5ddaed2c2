-- question: which areas are there on all levels, and what do they lie in?
-- grain: one area
-- columns: area_id, name, level, level_rank, parent_id, is_base
select distinct area_id, name, level, level_rank, parent_id, is_base
from area
order by level_rank, area_id
