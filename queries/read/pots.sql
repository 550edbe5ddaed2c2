-- question: what was planned per year and area for services whose money a city may divide as it likes?
-- grain: one year, service, area and kind of plan (plan, amended)
-- columns: year, service, service_name, paragraph, level, area_id, value_type, amount (missing when a part is hidden)
select
    booking.year,
    booking.service,
    service.name as service_name,
    service.paragraph,
    area.level,
    booking.area_id,
    booking.value_type,
    case when count(*) = count(booking.amount) then sum(booking.amount) end as amount
from booking
inner join service on booking.service = service.key
inner join (select distinct area_id, level from area) as area on booking.area_id = area.area_id
where service.allocable and booking.side = 'expense' and booking.value_type in ('plan', 'amended')
group by booking.year, booking.service, service.name, service.paragraph, area.level, booking.area_id, booking.value_type
order by booking.year, booking.service, booking.area_id, booking.value_type
