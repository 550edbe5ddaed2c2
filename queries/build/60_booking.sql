-- grain: one ledger line
create table booking as
select
    booking_id, cast(year as integer) as year, cast(month as integer) as month, product, service, area_id, carrier,
    account, side, cast(amount as decimal(18, 2)) as amount, value_type, basis, source_id
from staging.booking
order by year, month, booking_id
