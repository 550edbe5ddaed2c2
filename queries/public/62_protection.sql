-- grain: as in the internal file; small counts are absent, and with few procedures nothing but their absence is shown
create table protection as
select
    area_id, level, period,
    case when procedures > 0 and procedures < $threshold then null else procedures end as procedures,
    case when procedures < $threshold or (acute > 0 and acute < $threshold) then null else acute end as acute,
    case when procedures < $threshold or (latent > 0 and latent < $threshold) then null else latent end as latent,
    case when procedures < $threshold or (need > 0 and need < $threshold) then null else need end as need,
    case when procedures < $threshold or (none > 0 and none < $threshold) then null else none end as none,
    case when procedures < $threshold then null else first_contact_hours end as first_contact_hours,
    case
        when procedures < $threshold or (two_specialists > 0 and two_specialists < $threshold) then null
        else two_specialists
    end as two_specialists,
    source_id, areas, areas_missing,
    coalesce(
        (procedures > 0 and procedures < $threshold)
        or (acute > 0 and acute < $threshold)
        or (latent > 0 and latent < $threshold)
        or (need > 0 and need < $threshold)
        or (none > 0 and none < $threshold)
        or (two_specialists > 0 and two_specialists < $threshold),
        false
    ) as hidden
from internal.protection
