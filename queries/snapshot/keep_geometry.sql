-- purpose: the polygons of the base areas as delivered, beside the delivered tables
create table geometry as
select area_id, wkb
from polygons
order by area_id
