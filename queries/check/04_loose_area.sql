-- code: loose_area
-- table: area
-- severity: error
-- column: parent_id
-- message: Das Gebiet „{value}“ führt im Kreis und nie zur Stadt.
-- remedy: Die Kette der parent_id bis zur Stadt prüfen.
with recursive reached as (
    -- what belongs to nothing, or to an area that is not there, has its own finding
    select area_id
    from area
    where level = 'stadt' or parent_id is null or parent_id not in (select known.area_id from area as known where known.area_id is not null)
    union
    select area.area_id
    from area
    inner join reached on area.parent_id = reached.area_id
)

select area.rowid as row_number, area.area_id as value
from area
where
    area.area_id not in (select reached.area_id from reached where reached.area_id is not null)
    and area.area_id <> area.parent_id
