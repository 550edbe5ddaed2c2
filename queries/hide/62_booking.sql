-- purpose: an amount is absent wherever the cost of the same cases is, and the sum of a year where a month of it is
update booking
set amount = null
from (
    select distinct caseload.area_id, caseload.service, extract(year from caseload.month) as year, extract(month from caseload.month) as month
    from caseload
    inner join internal.caseload as delivered
        on caseload.area_id = delivered.area_id and caseload.service = delivered.service and caseload.month = delivered.month
    where caseload.cost is null and delivered.cost is not null
) as gone
where
    gone.area_id = booking.area_id
    and gone.service = booking.service
    and gone.year = booking.year
    and (gone.month = booking.month or (booking.month is null and booking.value_type = 'actual'))
