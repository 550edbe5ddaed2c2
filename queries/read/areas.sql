-- question: which areas does a level have, and where do they belong?
-- grain: one area of the level
-- columns: area_id, name, parent_id, parent_name
-- params: level
select distinct area.area_id, area.name, area.parent_id, parent.name as parent_name
from area
left join area as parent on area.parent_id = parent.area_id
where area.level = $level
order by area.area_id
