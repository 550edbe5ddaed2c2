-- purpose: the tree of areas along which sums are published
-- columns: area_id, parent_id, level_rank
select area_id, min(parent_id) as parent_id, min(level_rank) as level_rank
from area
group by area_id
order by area_id
