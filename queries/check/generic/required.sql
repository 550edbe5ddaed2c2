-- purpose: rows without a value in a required column
select rowid as row_number, '' as value
from {{table}}
where {{column}} is null
