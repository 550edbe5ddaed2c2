-- purpose: areas that no other area belongs to
select distinct area_id
from area
where
    area_id is not null
    and level <> 'stadt'
    and area_id not in (select parent_id from area where parent_id is not null and parent_id <> area_id)
