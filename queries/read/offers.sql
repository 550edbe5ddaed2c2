-- question: which offers does an area (with everything that lies in it) have?
-- grain: one offer
-- columns: facility_id, name, service, service_name, paragraph, form, carrier, area_id, area_name, places_licensed, places_operable,
--          enrolled, reference_date, inclusive, barrier_free, opens, closes, source_id, hidden (the number of enrolled children)
-- params: area_id
select
    facility.facility_id, facility.name, facility.service, service.name as service_name, service.paragraph, service.form,
    facility.carrier, facility.area_id, area.name as area_name, facility.places_licensed, facility.places_operable,
    facility.enrolled, facility.reference_date, facility.inclusive, facility.barrier_free, facility.opens, facility.closes,
    facility.source_id, facility.hidden
from facility
inner join area_tree on facility.area_id = area_tree.area_id and area_tree.ancestor_id = $area_id
inner join service on facility.service = service.key
inner join (select distinct area_id, name from area) as area on facility.area_id = area.area_id
order by service.name, facility.name, facility.facility_id
