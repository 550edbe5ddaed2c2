-- grain: as in the internal file; small numbers of enrolled children are absent
create table facility as
select
    facility_id, name, service, carrier, area_id, lon, lat, places_licensed, places_operable,
    case when enrolled > 0 and enrolled < $threshold then null else enrolled end as enrolled,
    reference_date, inclusive, barrier_free, opens, closes, source_id,
    coalesce(enrolled > 0 and enrolled < $threshold, false) as hidden
from internal.facility
