-- purpose: texts with control characters, which no document can hold
select rowid as row_number, '' as value
from {{table}}
where regexp_matches({{column}}, '[\x00-\x08\x0b\x0c\x0e-\x1f]')
