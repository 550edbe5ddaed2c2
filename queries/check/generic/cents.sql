-- purpose: amounts with more than two decimals
select rowid as row_number, cast({{column}} as varchar) as value
from {{table}}
where {{column}} is not null and {{column}} * 100 <> floor({{column}} * 100)
