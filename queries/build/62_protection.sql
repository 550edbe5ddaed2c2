-- grain: § 8a procedures of one area and year, on every level; a median is not summed
create table protection as
with summed as (
    select
        area_tree.ancestor_id as area_id,
        protection.period,
        sum(protection.procedures) as procedures,
        sum(protection.acute) as acute,
        sum(protection.latent) as latent,
        sum(protection.need) as need,
        sum(protection.none) as none,
        max(case when area_tree.area_id = area_tree.ancestor_id then protection.first_contact_hours end) as first_contact_hours,
        sum(protection.two_specialists) as two_specialists,
        min(protection.source_id) as source_id,
        count(protection.procedures) as areas_known
    from staging.protection as protection
    inner join area_tree on protection.area_id = area_tree.area_id
    group by area_tree.ancestor_id, protection.period
)

select
    summed.area_id,
    area.level,
    summed.period,
    cast(summed.procedures as bigint) as procedures,
    cast(summed.acute as bigint) as acute,
    cast(summed.latent as bigint) as latent,
    cast(summed.need as bigint) as need,
    cast(summed.none as bigint) as none,
    summed.first_contact_hours,
    cast(summed.two_specialists as bigint) as two_specialists,
    summed.source_id,
    cast(area_size.base_areas as integer) as areas,
    cast(greatest(area_size.base_areas - summed.areas_known, 0) as integer) as areas_missing,
    false as hidden
from summed
inner join (select distinct area_id, level from area) as area on summed.area_id = area.area_id
inner join area_size on summed.area_id = area_size.area_id
order by area.level, summed.area_id, summed.period
