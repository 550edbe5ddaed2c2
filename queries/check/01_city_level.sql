-- code: city_level
-- table: area
-- severity: error
-- column: level
-- message: {value}
-- remedy: In area.csv genau eine Zeile mit level = stadt führen.
with cities as (
    select rowid as row_number, area_id, row_number() over (order by rowid) as nth
    from area
    where level = 'stadt'
)

select row_number, '„' || coalesce(area_id, '') || '“ ist eine zweite Stadt; nur eine ist möglich.' as value
from cities
where nth > 1
union all
select null, 'Kein Gebiet hat die Ebene „stadt“.'
from (select count(*) as rows_found from area) as delivered
where rows_found > 0 and not exists (select 1 from cities)
