-- grain: as in the internal file; counts above zero and below $threshold are absent
create table population as
select
    area_id, level, date, age_from, age_to, sex,
    case when count > 0 and count < $threshold then null else count end as count,
    status,
    areas, areas_missing,
    coalesce(count > 0 and count < $threshold, false) as hidden
from internal.population
