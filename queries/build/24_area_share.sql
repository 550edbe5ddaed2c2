-- grain: one share of an old area in a new one
create table area_share as
select from_id, from_vintage, to_id, to_vintage, share, basis
from staging.area_share
order by from_id, to_id, basis
