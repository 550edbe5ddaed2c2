-- question: which offers does the city have, where are they, for whom, and how many places do they have?
-- grain: one offer
-- columns: facility_id, name, service, service_name, paragraph, form, age_from, age_to (of the service), carrier, area_id, lon, lat,
--          places_licensed, places_operable, enrolled, reference_date, inclusive, barrier_free, opens, closes, source_id,
--          hidden (the number of enrolled children)
select
    facility.facility_id, facility.name, facility.service, service.name as service_name, service.paragraph, service.form,
    service.age_from, service.age_to, facility.carrier, facility.area_id, facility.lon, facility.lat,
    facility.places_licensed, facility.places_operable, facility.enrolled, facility.reference_date, facility.inclusive,
    facility.barrier_free, facility.opens, facility.closes, facility.source_id, facility.hidden
from facility
inner join service on facility.service = service.key
order by facility.facility_id
