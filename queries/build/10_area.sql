-- grain: one area in one vintage
-- columns: area_id, name, level, level_rank (city = 0), parent_id, valid_from, valid_to, is_base (has a polygon of its own)
create table area as
with recursive ranked as (
    select distinct area_id, 0 as level_rank
    from staging.area
    where level = 'stadt'
    union
    select area.area_id, ranked.level_rank + 1 as level_rank
    from staging.area as area
    inner join ranked on area.parent_id = ranked.area_id
)

select
    area.area_id,
    area.name,
    area.level,
    ranked.level_rank,
    area.parent_id,
    area.valid_from,
    area.valid_to,
    area.official_key,
    area.area_id not in (select parent.parent_id from staging.area as parent where parent.parent_id is not null) as is_base
from staging.area as area
inner join ranked on area.area_id = ranked.area_id
order by ranked.level_rank, area.area_id
