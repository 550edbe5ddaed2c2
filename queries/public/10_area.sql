-- purpose: published as it is; holds no count of persons
create table area as
select *
from internal.area
