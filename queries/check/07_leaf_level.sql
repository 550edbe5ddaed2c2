-- code: leaf_level
-- table: area
-- severity: error
-- column: level
-- message: {value}
-- remedy: Jedes Gebiet bis zur untersten Ebene aufteilen; wo es nichts zu teilen gibt, ein gleich großes Teilgebiet führen.
with leaves as (
    select rowid as row_number, area_id, level
    from area
    where
        level <> 'stadt'
        and area_id is not null
        and area_id not in (
            select child.parent_id from area as child where child.parent_id is not null and child.parent_id <> child.area_id
        )
),

ranked as (
    select level, row_number() over (order by count(*) desc, level) as nth
    from leaves
    group by level
)

select
    leaves.row_number,
    'Das Gebiet „' || leaves.area_id || '“ (' || leaves.level || ') hat keine Teilgebiete der Ebene „' || ranked.level || '“.' as value
from leaves
inner join ranked on ranked.nth = 1
where leaves.level <> ranked.level
