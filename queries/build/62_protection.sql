-- grain: § 8a procedures of one area and year, on every level; an upper area without a row of its own is the sum of the level
--        below that covers it best
-- columns: ..., areas (base areas behind the row), areas_missing (of these without a number), hidden
create table protection as
with placed as (
    select
        protection.area_id,
        area.level_rank,
        area_size.base_areas,
        protection.period,
        protection.procedures,
        protection.acute,
        protection.latent,
        protection.need,
        protection.none,
        protection.two_specialists,
        protection.first_contact_hours,  -- a median is not summed
        protection.source_id,
        case when protection.procedures is not null then area_size.base_areas else 0 end as areas_known
    from staging.protection as protection
    inner join (select distinct area_id, level_rank from area) as area on protection.area_id = area.area_id
    inner join area_size on protection.area_id = area_size.area_id
),

summed as (
    select
        area_tree.ancestor_id as area_id,
        placed.period,
        sum(placed.procedures) as procedures,
        sum(placed.acute) as acute,
        sum(placed.latent) as latent,
        sum(placed.need) as need,
        sum(placed.none) as none,
        sum(placed.two_specialists) as two_specialists,
        min(placed.source_id) as source_id,
        sum(placed.areas_known) as areas_known,
        row_number() over (
            partition by area_tree.ancestor_id, placed.period
            order by sum(placed.areas_known) desc, placed.level_rank desc
        ) as nth
    from placed
    inner join area_tree on placed.area_id = area_tree.area_id and area_tree.area_id <> area_tree.ancestor_id
    group by area_tree.ancestor_id, placed.period, placed.level_rank
),

together as (
    select area_id, period, procedures, acute, latent, need, none, two_specialists, first_contact_hours, source_id, areas_known
    from placed
    union all
    select
        summed.area_id,
        summed.period,
        summed.procedures,
        summed.acute,
        summed.latent,
        summed.need,
        summed.none,
        summed.two_specialists,
        null,
        summed.source_id,
        summed.areas_known
    from summed
    left join placed
        on summed.area_id = placed.area_id
        and summed.period = placed.period
    where summed.nth = 1 and placed.area_id is null
)

select
    together.area_id,
    area.level,
    together.period,
    cast(together.procedures as bigint) as procedures,
    cast(together.acute as bigint) as acute,
    cast(together.latent as bigint) as latent,
    cast(together.need as bigint) as need,
    cast(together.none as bigint) as none,
    together.first_contact_hours,
    cast(together.two_specialists as bigint) as two_specialists,
    together.source_id,
    cast(area_size.base_areas as integer) as areas,
    cast(area_size.base_areas - together.areas_known as integer) as areas_missing,
    false as hidden
from together
inner join (select distinct area_id, level from area) as area on together.area_id = area.area_id
inner join area_size on together.area_id = area_size.area_id
order by area.level, together.area_id, together.period
