-- purpose: published as it is; holds no count of persons
create table area_tree as
select *
from internal.area_tree
