-- purpose: the columns without any row; a cell of a hundred metres holds few children, often one family
create table cell as
select *
from internal.cell
where 1 = 0
