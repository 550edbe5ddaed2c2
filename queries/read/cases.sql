-- question: how many helps ran, began and ended in the last thirteen months, and what did they cost?
-- grain: one area of the level, service and month
-- columns: area_id, service, service_name, paragraph, month, stock, entries, exits, cost, hidden
-- params: level
with newest as (
    select max(month) as month
    from caseload
)

select
    caseload.area_id, caseload.service, service.name as service_name, service.paragraph, caseload.month, caseload.stock,
    caseload.entries, caseload.exits, caseload.cost, caseload.hidden
from caseload
inner join service on caseload.service = service.key
cross join newest
where caseload.level = $level and caseload.month >= newest.month - interval 12 month
order by caseload.area_id, caseload.service, caseload.month
