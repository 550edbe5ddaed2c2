-- grain: as in the internal file; an amount that pays for one or two known cases of an area is absent; what an area spent
-- in a whole year is absent when a month of that year has so few
create table booking as
with small_cases as (
    select area_id, service, extract(year from month) as year, extract(month from month) as month
    from internal.caseload
    where
        (stock > 0 and stock < $threshold)
        or (coalesce(stock, 0) + coalesce(exits, 0) > 0 and coalesce(stock, 0) + coalesce(exits, 0) < $threshold)
),

small_years as (
    select distinct area_id, service, year
    from small_cases
)

select
    booking.booking_id, booking.year, booking.month, booking.product, booking.service, booking.area_id, booking.carrier,
    booking.account, booking.side,
    case when small_cases.area_id is null and small_years.area_id is null then booking.amount end as amount,
    booking.value_type, booking.basis, booking.source_id
from internal.booking as booking
left join small_cases
    on booking.area_id = small_cases.area_id
    and booking.service = small_cases.service
    and booking.year = small_cases.year
    and booking.month = small_cases.month
left join small_years
    on booking.area_id = small_years.area_id
    and booking.service = small_years.service
    and booking.year = small_years.year
    and booking.month is null
    and booking.value_type = 'actual'
