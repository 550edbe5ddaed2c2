-- code: point
-- table: facility
-- severity: error
-- column: lon
-- message: Der Ort von „{value}“ ist unmöglich oder halb angegeben.
-- remedy: Länge und Breite in Grad (WGS 84) angeben, beide oder keine; sind sie vertauscht?
select rowid as row_number, name as value
from facility
where
    (lon is null) <> (lat is null)
    or lon < -180 or lon > 180 or lat < -90 or lat > 90
