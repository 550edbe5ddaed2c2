-- question: which base areas (those with a polygon) make up each area of a level?
-- grain: one base area
-- columns: base_id, area_id (of the level)
-- params: level
select distinct area_tree.area_id as base_id, area_tree.ancestor_id as area_id
from area_tree
inner join area on area_tree.area_id = area.area_id
where area.is_base and area_tree.ancestor_level = $level
order by base_id
