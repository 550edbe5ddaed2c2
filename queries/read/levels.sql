-- question: which levels does the city have, from the whole city down to the base areas?
-- grain: one level
-- columns: level, level_rank, areas
select level, level_rank, count(distinct area_id) as areas
from area
group by level, level_rank
order by level_rank
