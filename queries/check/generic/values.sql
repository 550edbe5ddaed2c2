-- purpose: text values that the column does not allow
select rowid as row_number, {{column}} as value
from {{table}}
where {{column}} is not null and {{column}} not in ({{values}})
