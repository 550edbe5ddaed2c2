-- purpose: cases, days and cost that would give a hidden number away are absent too
update caseload
set
    stock = case when hidden_cases.stock then null else caseload.stock end,
    entries = case when hidden_cases.entries then null else caseload.entries end,
    exits = case when hidden_cases.exits then null else caseload.exits end,
    care_days = case when hidden_cases.care_days then null else caseload.care_days end,
    cost = case when hidden_cases.cost then null else caseload.cost end,
    hidden = true
from hidden_cases
where
    hidden_cases.area_id = caseload.area_id
    and hidden_cases.service = caseload.service
    and hidden_cases.month = caseload.month
