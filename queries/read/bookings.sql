-- question: which lines does the ledger hold?
-- grain: one booking
-- columns: booking_id, year, month, product, service, area_id, carrier, account, side, amount (missing when hidden), value_type,
--          basis, source_id
select
    booking_id, year, month, product, service, area_id, carrier, account, side, amount, value_type, basis, source_id
from booking
order by booking_id
