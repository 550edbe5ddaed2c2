-- code: point
-- table: cell
-- severity: error
-- column: lon
-- message: Der Ort der Zelle „{value}“ ist unmöglich.
-- remedy: Länge und Breite der Mitte in Grad (WGS 84) angeben, nicht in Metern; sind sie vertauscht?
select rowid as row_number, cell_id as value
from cell
where lon < -180 or lon > 180 or lat < -90 or lat > 90
