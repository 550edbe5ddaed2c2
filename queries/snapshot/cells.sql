-- purpose: where the delivered cells lie, for the polygons to say in which area
select cell_id, reference_date, lon, lat
from staging.cell
order by cell_id, reference_date
