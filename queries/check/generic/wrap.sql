-- purpose: the first rows a check found and how many there are in all
select row_number, value, count(*) over () as total
from ({{question}}) as found
order by row_number
limit {{most}}
