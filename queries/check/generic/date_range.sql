-- purpose: dates that no city means; 1900-01-01 is what spreadsheets and this reader make of an empty or endless date
select rowid as row_number, cast({{column}} as varchar) as value
from {{table}}
where
    {{column}} < date '1800-01-01'
    or {{column}} = date '1900-01-01'
    or ({{column}} > date '2200-12-31' and {{column}} <> date '{{latest}}')
