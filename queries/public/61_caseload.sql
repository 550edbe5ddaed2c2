-- grain: as in the internal file, of the whole city alone: months of single areas would give the year's small numbers away; where a month concerns few persons (stock and ended cases), neither days nor cost are shown
create table caseload as
with judged as (
    select
        caseload.*,
        coalesce(stock > 0 and stock < $threshold, false) as small_stock,
        coalesce(entries > 0 and entries < $threshold, false) as small_entries,
        coalesce(exits > 0 and exits < $threshold, false) as small_exits,
        coalesce(stock, 0) + coalesce(exits, 0) > 0 and coalesce(stock, 0) + coalesce(exits, 0) < $threshold as few
    from internal.caseload as caseload
    where area_id in (select area.area_id from internal.area as area where area.parent_id is null)
)

select
    area_id, level, service, month,
    case when small_stock then null else stock end as stock,
    case when small_entries then null else entries end as entries,
    case when small_exits then null else exits end as exits,
    case when small_stock or few then null else care_days end as care_days,
    case when small_stock or few then null else cost end as cost,
    source_id, areas, areas_missing,
    small_stock or small_entries or small_exits or few as hidden
from judged
