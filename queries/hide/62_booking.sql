-- purpose: an amount is absent wherever the cost of the same cases is, and the sum of a year where a month of it is; by day of
-- payment also in the three months after, when it may be paid
update booking
set amount = null
from (
    select distinct area_id, service, extract(year from month) as year, extract(month from month) as month
    from hidden_cases
    where cost
) as gone
where
    gone.area_id = booking.area_id
    and gone.service = booking.service
    and (
        (gone.year = booking.year and gone.month = booking.month)
        or (gone.year = booking.year and booking.month is null and booking.value_type = 'actual')
        or (booking.basis = 'payment' and 12 * (booking.year - gone.year) + booking.month - gone.month between 1 and 3)
    )
