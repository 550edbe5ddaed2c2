-- purpose: published as it is; holds no count of persons
create table target as
select *
from internal.target
