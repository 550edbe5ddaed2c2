-- grain: one area and one of its ancestors; every area is an ancestor of itself
-- columns: area_id, ancestor_id, ancestor_level, ancestor_rank
create table area_tree as
with recursive up as (
    select distinct area_id, area_id as ancestor_id
    from area
    union
    select up.area_id, area.parent_id as ancestor_id
    from up
    inner join area on up.ancestor_id = area.area_id
    where area.parent_id is not null
)

select distinct
    up.area_id,
    up.ancestor_id,
    area.level as ancestor_level,
    area.level_rank as ancestor_rank
from up
inner join area on up.ancestor_id = area.area_id
order by up.area_id, ancestor_rank
