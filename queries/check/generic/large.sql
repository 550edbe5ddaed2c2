-- purpose: finite numbers beyond what the build can add up
select rowid as row_number, cast({{column}} as varchar) as value
from {{table}}
where
    abs(cast({{column}} as double)) > {{most}}
    and not isinf(cast({{column}} as double))
    and not isnan(cast({{column}} as double))
