-- grain: as in the internal file; a row with a small stock shows neither days nor cost
create table caseload as
select
    area_id, level, service, month,
    case when stock > 0 and stock < $threshold then null else stock end as stock,
    case when entries > 0 and entries < $threshold then null else entries end as entries,
    case when exits > 0 and exits < $threshold then null else exits end as exits,
    case when stock > 0 and stock < $threshold then null else care_days end as care_days,
    case when stock > 0 and stock < $threshold then null else cost end as cost,
    source_id, areas, areas_missing,
    coalesce(stock > 0 and stock < $threshold, false)
    or coalesce(entries > 0 and entries < $threshold, false)
    or coalesce(exits > 0 and exits < $threshold, false) as hidden
from internal.caseload
