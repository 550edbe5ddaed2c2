-- purpose: published as it is; holds no count of persons
create table area_share as
select *
from internal.area_share
