-- purpose: the delivered polygons
select area_id, wkb
from geometry
order by area_id
