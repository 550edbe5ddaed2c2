-- purpose: the cases of the internal file with every number, for the disclosure check: of the city, and of the areas whose
-- money is published in bookings
-- columns: area_id, service, month, stock, entries, exits, care_days, cost
with ranked as (
    select distinct area_id, level_rank
    from internal.area
),

booked as (
    select max(ranked.level_rank) as lowest
    from internal.booking as booking
    inner join ranked on booking.area_id = ranked.area_id
)

select
    caseload.area_id, caseload.service, caseload.month, caseload.stock, caseload.entries, caseload.exits, caseload.care_days,
    caseload.cost
from internal.caseload as caseload
inner join ranked on caseload.area_id = ranked.area_id
cross join booked
where ranked.level_rank <= coalesce(booked.lowest, (select min(level_rank) from ranked))
order by caseload.service, caseload.month, caseload.area_id
