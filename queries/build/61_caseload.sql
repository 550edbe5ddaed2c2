-- grain: cases of one service in one area and month, on every level
create table caseload as
with summed as (
    select
        area_tree.ancestor_id as area_id,
        caseload.service,
        caseload.month,
        sum(caseload.stock) as stock,
        sum(caseload.entries) as entries,
        sum(caseload.exits) as exits,
        sum(caseload.care_days) as care_days,
        sum(caseload.cost) as cost,
        min(caseload.source_id) as source_id,
        count(caseload.stock) as areas_known
    from staging.caseload as caseload
    inner join area_tree on caseload.area_id = area_tree.area_id
    group by area_tree.ancestor_id, caseload.service, caseload.month
)

select
    summed.area_id,
    area.level,
    summed.service,
    summed.month,
    cast(summed.stock as bigint) as stock,
    cast(summed.entries as bigint) as entries,
    cast(summed.exits as bigint) as exits,
    cast(summed.care_days as bigint) as care_days,
    cast(summed.cost as decimal(18, 2)) as cost,
    summed.source_id,
    cast(area_size.base_areas as integer) as areas,
    cast(greatest(area_size.base_areas - summed.areas_known, 0) as integer) as areas_missing,
    false as hidden
from summed
inner join (select distinct area_id, level from area) as area on summed.area_id = area.area_id
inner join area_size on summed.area_id = area_size.area_id
order by area.level, summed.area_id, summed.service, summed.month
