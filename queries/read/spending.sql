-- question: what was planned, amended, spent and committed per year and service in an area (with everything in it)?
-- grain: one year, service (or product without one), side, kind of value and basis
-- columns: year, service, service_name, paragraph, side, value_type, basis, amount, last_month, lines, lines_hidden
-- params: area_id; the city's own id also takes the lines without an area
with inside as (
    select booking.*
    from booking
    inner join area_tree on booking.area_id = area_tree.area_id and area_tree.ancestor_id = $area_id
    union all
    select booking.*
    from booking
    where booking.area_id is null and $area_id in (select area_id from area where level = 'stadt')
)

select
    inside.year,
    inside.service,
    coalesce(service.name, inside.product) as service_name,
    service.paragraph,
    inside.side,
    inside.value_type,
    inside.basis,
    sum(inside.amount) as amount,
    max(inside.month) as last_month,
    count(*) as lines,
    count(*) filter (where inside.amount is null) as lines_hidden
from inside
left join service on inside.service = service.key
group by
    inside.year, inside.service, coalesce(service.name, inside.product), service.paragraph, inside.side,
    inside.value_type, inside.basis
order by inside.year, service_name, inside.service, inside.side, inside.value_type, inside.basis
