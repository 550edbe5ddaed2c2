-- purpose: published as it is; holds no count of persons
create table source as
select *
from internal.source
