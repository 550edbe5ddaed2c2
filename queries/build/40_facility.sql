-- grain: one offer at one place
create table facility as
select
    facility_id, name, service, carrier, area_id, lon, lat,
    cast(places_licensed as integer) as places_licensed,
    cast(places_operable as integer) as places_operable,
    cast(enrolled as integer) as enrolled,
    reference_date, inclusive, barrier_free, opens, closes, source_id,
    false as hidden
from staging.facility
order by facility_id
