-- purpose: published as it is; holds no count of persons
create table service as
select *
from internal.service
