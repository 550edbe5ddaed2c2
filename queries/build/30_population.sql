-- grain: residents of one area, date, age group and sex, on every level; higher levels are sums of the deepest level delivered
-- columns: ..., areas (base areas behind the row), areas_missing (of these without a number), hidden
create table population as
with delivered as (
    select
        population.area_id,
        area.level_rank,
        population.date,
        cast(population.age_from as integer) as age_from,
        cast(population.age_to as integer) as age_to,
        population.sex,
        cast(population.count as bigint) as count
    from staging.population as population
    inner join (select distinct area_id, level_rank from area) as area on population.area_id = area.area_id
),

deepest as (
    select date, max(level_rank) as level_rank
    from delivered
    group by date
),

summed as (
    select
        area_tree.ancestor_id as area_id,
        delivered.date,
        delivered.age_from,
        delivered.age_to,
        delivered.sex,
        sum(delivered.count) as count,
        count(delivered.count) as areas_known
    from delivered
    inner join deepest on delivered.date = deepest.date and delivered.level_rank = deepest.level_rank
    inner join area_tree on delivered.area_id = area_tree.area_id
    group by area_tree.ancestor_id, delivered.date, delivered.age_from, delivered.age_to, delivered.sex
),

replaced as (
    select
        summed.area_id, summed.date, summed.age_from, summed.age_to, summed.sex,
        case when upper_row.area_id is null then summed.count else upper_row.count end as count,
        case when upper_row.area_id is null then summed.areas_known end as areas_known
    from summed
    inner join deepest on summed.date = deepest.date
    left join delivered as upper_row
        on summed.area_id = upper_row.area_id
        and summed.date = upper_row.date
        and summed.age_from = upper_row.age_from
        and summed.age_to is not distinct from upper_row.age_to
        and summed.sex = upper_row.sex
        and upper_row.level_rank < deepest.level_rank
)

select
    replaced.area_id,
    area.level,
    replaced.date,
    replaced.age_from,
    replaced.age_to,
    replaced.sex,
    cast(replaced.count as bigint) as count,
    cast(area_size.base_areas as integer) as areas,
    cast(case when replaced.areas_known is null then 0 else greatest(area_size.base_areas - replaced.areas_known, 0) end as integer)
        as areas_missing,
    false as hidden
from replaced
inner join (select distinct area_id, level from area) as area on replaced.area_id = area.area_id
inner join area_size on replaced.area_id = area_size.area_id
order by area.level, replaced.area_id, replaced.date, replaced.age_from, replaced.sex
