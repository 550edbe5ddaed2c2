-- grain: one area
-- columns: area_id, base_areas (how many areas with a polygon lie in it)
create table area_size as
select area_tree.ancestor_id as area_id, count(distinct area_tree.area_id) as base_areas
from area_tree
inner join area on area_tree.area_id = area.area_id
where area.is_base
group by area_tree.ancestor_id
order by area_tree.ancestor_id
