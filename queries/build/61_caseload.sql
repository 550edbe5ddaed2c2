-- grain: cases of one service in one area and month, on every level; an upper area without a row of its own is the sum of the level
--        below that covers it best
-- columns: ..., areas (base areas behind the row), areas_missing (of these without a number), hidden
create table caseload as
with placed as (
    select
        caseload.area_id,
        area.level_rank,
        area_size.base_areas,
        caseload.service,
        caseload.month,
        caseload.stock,
        caseload.entries,
        caseload.exits,
        caseload.care_days,
        caseload.cost,
        caseload.source_id,
        case when caseload.stock is not null then area_size.base_areas else 0 end as areas_known
    from staging.caseload as caseload
    inner join (select distinct area_id, level_rank from area) as area on caseload.area_id = area.area_id
    inner join area_size on caseload.area_id = area_size.area_id
),

summed as (
    select
        area_tree.ancestor_id as area_id,
        placed.service, placed.month,
        sum(placed.stock) as stock,
        sum(placed.entries) as entries,
        sum(placed.exits) as exits,
        sum(placed.care_days) as care_days,
        sum(placed.cost) as cost,
        min(placed.source_id) as source_id,
        sum(placed.areas_known) as areas_known,
        row_number() over (
            partition by area_tree.ancestor_id, placed.service, placed.month
            order by sum(placed.areas_known) desc, placed.level_rank desc
        ) as nth
    from placed
    inner join area_tree on placed.area_id = area_tree.area_id and area_tree.area_id <> area_tree.ancestor_id
    group by area_tree.ancestor_id, placed.service, placed.month, placed.level_rank
),

together as (
    select area_id, service, month, stock, entries, exits, care_days, cost, source_id, areas_known
    from placed
    union all
    select
        summed.area_id,
        summed.service,
        summed.month,
        summed.stock,
        summed.entries,
        summed.exits,
        summed.care_days,
        summed.cost,
        summed.source_id,
        summed.areas_known
    from summed
    left join placed
        on summed.area_id = placed.area_id
        and summed.service = placed.service
        and summed.month = placed.month
    where summed.nth = 1 and placed.area_id is null
)

select
    together.area_id,
    area.level,
    together.service,
    together.month,
    cast(together.stock as bigint) as stock,
    cast(together.entries as bigint) as entries,
    cast(together.exits as bigint) as exits,
    cast(together.care_days as bigint) as care_days,
    cast(together.cost as decimal(18, 2)) as cost,
    together.source_id,
    cast(area_size.base_areas as integer) as areas,
    cast(area_size.base_areas - together.areas_known as integer) as areas_missing,
    false as hidden
from together
inner join (select distinct area_id, level from area) as area on together.area_id = area.area_id
inner join area_size on together.area_id = area_size.area_id
order by area.level, together.area_id, together.service, together.month
