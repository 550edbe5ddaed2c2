-- purpose: published as it is; holds no count of persons
create table indicator as
select *
from internal.indicator
