-- question: what is planned for each service in the newest year of the plan?
-- grain: one service and kind of plan (plan, amended)
-- columns: year, service, value_type, amount (missing when a part is hidden)
with newest as (
    select max(year) as year
    from booking
    where value_type = 'plan'
)

select
    booking.year,
    booking.service,
    booking.value_type,
    case when count(*) = count(booking.amount) then sum(booking.amount) end as amount
from booking
inner join newest on booking.year = newest.year
where booking.side = 'expense' and booking.value_type in ('plan', 'amended') and booking.service is not null
group by booking.year, booking.service, booking.value_type
order by booking.service, booking.value_type
