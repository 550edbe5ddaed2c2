-- grain: residents of one area, date, age group and sex, on every level; an upper area without rows of its own at a date is
--        the sum of the level below that covers it best
-- columns: ..., status (estimated where any part is), areas (base areas behind the row), areas_missing (of these without a number), hidden
create table population as
with delivered as (
    select
        population.area_id,
        area.level_rank,
        area_size.base_areas,
        population.date,
        cast(population.age_from as integer) as age_from,
        cast(population.age_to as integer) as age_to,
        population.sex,
        cast(population.count as bigint) as count,
        coalesce(population.status, $status) as status
    from staging.population as population
    inner join (select distinct area_id, level_rank from area) as area on population.area_id = area.area_id
    inner join area_size on population.area_id = area_size.area_id
),

own as (
    select distinct area_id, date, level_rank, base_areas
    from delivered
),

covered as (
    -- for each upper area and date: which level below it holds rows for most of its base areas?
    select
        area_tree.ancestor_id as area_id,
        own.date,
        own.level_rank,
        row_number() over (
            partition by area_tree.ancestor_id, own.date order by sum(own.base_areas) desc, own.level_rank desc
        ) as nth
    from own
    inner join area_tree on own.area_id = area_tree.area_id and area_tree.area_id <> area_tree.ancestor_id
    left join own as upper_row on area_tree.ancestor_id = upper_row.area_id and own.date = upper_row.date
    where upper_row.area_id is null
    group by area_tree.ancestor_id, own.date, own.level_rank
),

together as (
    select
        area_id, date, age_from, age_to, sex, count, status,
        case when count is null then 0 else base_areas end as areas_known
    from delivered
    union all
    select
        covered.area_id,
        covered.date,
        delivered.age_from,
        delivered.age_to,
        delivered.sex,
        sum(delivered.count),
        case
            when count(*) filter (where delivered.status = 'estimated') > 0 then 'estimated'
            when count(*) filter (where delivered.status = 'synthetic') > 0 then 'synthetic'
            else 'real'
        end,
        coalesce(sum(case when delivered.count is not null then delivered.base_areas end), 0)
    from covered
    inner join area_tree on covered.area_id = area_tree.ancestor_id and area_tree.area_id <> area_tree.ancestor_id
    inner join delivered
        on area_tree.area_id = delivered.area_id
        and covered.date = delivered.date
        and covered.level_rank = delivered.level_rank
    where covered.nth = 1
    group by covered.area_id, covered.date, delivered.age_from, delivered.age_to, delivered.sex
)

select
    together.area_id,
    area.level,
    together.date,
    together.age_from,
    together.age_to,
    together.sex,
    cast(together.count as bigint) as count,
    together.status,
    cast(area_size.base_areas as integer) as areas,
    cast(area_size.base_areas - together.areas_known as integer) as areas_missing,
    false as hidden
from together
inner join (select distinct area_id, level from area) as area on together.area_id = area.area_id
inner join area_size on together.area_id = area_size.area_id
order by area.level, together.area_id, together.date, together.age_from, together.age_to, together.sex
