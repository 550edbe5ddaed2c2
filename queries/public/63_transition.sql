-- grain: as in the internal file; small counts are absent
create table transition as
select
    area_id, level, cohort, from_stage, to_stage,
    case when (count > 0 and count < $threshold) or ("of" > 0 and "of" < $threshold) then null else count end as count,
    case when "of" > 0 and "of" < $threshold then null else "of" end as "of",
    source_id, areas, areas_missing,
    coalesce((count > 0 and count < $threshold) or ("of" > 0 and "of" < $threshold), false) as hidden
from internal.transition
