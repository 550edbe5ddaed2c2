-- code: area_dates
-- table: area
-- severity: error
-- column: valid_to
-- message: Das Gebiet „{value}“ endet, bevor es beginnt.
-- remedy: valid_from und valid_to prüfen.
select rowid as row_number, area_id as value
from area
where valid_to is not null and valid_to < valid_from
