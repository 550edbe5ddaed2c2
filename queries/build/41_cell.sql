-- grain: one grid cell or address point at one date
-- columns: ..., area_id (the base area it lies in; missing outside of the city or without polygons)
create table cell as
select
    cell.cell_id, cell.lon, cell.lat, cell.children, cell.reference_date, cell.source_id, cell_place.area_id
from staging.cell as cell
left join cell_place on cell.cell_id = cell_place.cell_id and cell.reference_date = cell_place.reference_date
order by cell.reference_date, cell.cell_id
