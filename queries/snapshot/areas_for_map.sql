-- purpose: every area with its name and its ancestors, for the map files
select area_tree.area_id, area.name, area.is_base, area_tree.ancestor_id, area_tree.ancestor_level, area_tree.ancestor_rank
from area_tree
inner join (select distinct area_id, name, is_base from area) as area on area_tree.area_id = area.area_id
order by area_tree.ancestor_rank, area_tree.area_id
