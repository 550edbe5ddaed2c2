-- grain: one step of one cohort in one area, on every level; an upper area without a row of its own is the sum of the level
--        below that covers it best
-- columns: ..., areas (base areas behind the row), areas_missing (of these without a number), hidden
create table transition as
with placed as (
    select
        transition.area_id,
        area.level_rank,
        area_size.base_areas,
        transition.cohort,
        transition.from_stage,
        transition.to_stage,
        transition.count,
        transition."of",
        transition.source_id,
        -- half a pair would bend a sum
        case when transition.count is not null and transition."of" is not null then area_size.base_areas else 0 end as areas_known
    from staging.transition as transition
    inner join (select distinct area_id, level_rank from area) as area on transition.area_id = area.area_id
    inner join area_size on transition.area_id = area_size.area_id
),

summed as (
    select
        area_tree.ancestor_id as area_id,
        placed.cohort, placed.from_stage, placed.to_stage,
        sum(case when placed.areas_known > 0 then placed.count end) as count,
        sum(case when placed.areas_known > 0 then placed."of" end) as "of",
        min(placed.source_id) as source_id,
        sum(placed.areas_known) as areas_known,
        row_number() over (
            partition by area_tree.ancestor_id, placed.cohort, placed.from_stage, placed.to_stage
            order by sum(placed.areas_known) desc, placed.level_rank desc
        ) as nth
    from placed
    inner join area_tree on placed.area_id = area_tree.area_id and area_tree.area_id <> area_tree.ancestor_id
    group by area_tree.ancestor_id, placed.cohort, placed.from_stage, placed.to_stage, placed.level_rank
),

together as (
    select area_id, cohort, from_stage, to_stage, count, "of", source_id, areas_known
    from placed
    union all
    select
        summed.area_id,
        summed.cohort,
        summed.from_stage,
        summed.to_stage,
        summed.count,
        summed."of",
        summed.source_id,
        summed.areas_known
    from summed
    left join placed
        on summed.area_id = placed.area_id
        and summed.cohort = placed.cohort
        and summed.from_stage = placed.from_stage
        and summed.to_stage = placed.to_stage
    where summed.nth = 1 and placed.area_id is null
)

select
    together.area_id,
    area.level,
    together.cohort,
    together.from_stage,
    together.to_stage,
    cast(together.count as bigint) as count,
    cast(together."of" as bigint) as "of",
    together.source_id,
    cast(area_size.base_areas as integer) as areas,
    cast(area_size.base_areas - together.areas_known as integer) as areas_missing,
    false as hidden
from together
inner join (select distinct area_id, level from area) as area on together.area_id = area.area_id
inner join area_size on together.area_id = area_size.area_id
order by area.level, together.area_id, together.cohort, together.from_stage, together.to_stage
