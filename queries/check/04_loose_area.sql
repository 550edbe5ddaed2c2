-- code: loose_area
-- table: area
-- severity: error
-- column: parent_id
-- message: Das Gebiet „{value}“ führt nicht zur Stadt (Kreis oder fehlendes Glied).
-- remedy: Die Kette der parent_id bis zur Stadt prüfen.
with recursive reached as (
    select area_id, 0 as depth
    from area
    where level = 'stadt'
    union all
    select area.area_id, reached.depth + 1
    from area
    inner join reached on area.parent_id = reached.area_id
    where reached.depth < 8 and area.area_id <> area.parent_id
)

select area.rowid as row_number, area.area_id as value
from area
where area.area_id not in (select reached.area_id from reached)
