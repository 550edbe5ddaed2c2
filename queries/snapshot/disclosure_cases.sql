-- purpose: the cases of the internal file with every number, for the disclosure check
-- columns: area_id, service, month, stock, entries, exits, care_days, cost
select area_id, service, month, stock, entries, exits, care_days, cost
from internal.caseload
order by service, month, area_id
