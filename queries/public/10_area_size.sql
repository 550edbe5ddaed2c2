-- purpose: published as it is; holds no count of persons
create table area_size as
select *
from internal.area_size
