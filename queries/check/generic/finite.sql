-- purpose: numbers that are not finite
select rowid as row_number, cast({{column}} as varchar) as value
from {{table}}
where {{column}} is not null and (isnan({{column}}) or isinf({{column}}))
