-- grain: one step of one cohort in one area, on every level
create table transition as
with summed as (
    select
        area_tree.ancestor_id as area_id,
        transition.cohort,
        transition.from_stage,
        transition.to_stage,
        sum(case when transition."of" is not null then transition.count end) as count,
        sum(case when transition.count is not null then transition."of" end) as "of",
        min(transition.source_id) as source_id,
        count(transition.count) as areas_known
    from staging.transition as transition
    inner join area_tree on transition.area_id = area_tree.area_id
    group by area_tree.ancestor_id, transition.cohort, transition.from_stage, transition.to_stage
)

select
    summed.area_id,
    area.level,
    summed.cohort,
    summed.from_stage,
    summed.to_stage,
    cast(summed.count as bigint) as count,
    cast(summed."of" as bigint) as "of",
    summed.source_id,
    cast(area_size.base_areas as integer) as areas,
    cast(greatest(area_size.base_areas - summed.areas_known, 0) as integer) as areas_missing,
    false as hidden
from summed
inner join (select distinct area_id, level from area) as area on summed.area_id = area.area_id
inner join area_size on summed.area_id = area_size.area_id
order by area.level, summed.area_id, summed.cohort, summed.from_stage, summed.to_stage
