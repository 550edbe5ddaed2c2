-- question: where in their areas do the children live, after the newest grid or list of addresses?
-- grain: one cell inside of the city
-- columns: cell_id, area_id, lon, lat, children (a weight, missing: hidden), reference_date, title (of the source)
select cell.cell_id, cell.area_id, cell.lon, cell.lat, cell.children, cell.reference_date, source.title
from cell
left join source on cell.source_id = source.source_id
where
    cell.area_id is not null
    and cell.reference_date = (select max(newest.reference_date) from cell as newest)
order by cell.cell_id
