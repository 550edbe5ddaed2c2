-- code: level_chain
-- table: area
-- severity: error
-- column: parent_id
-- message: {value}
-- remedy: Alle Gebiete einer Ebene gehören zu Gebieten derselben nächsthöheren Ebene.
with pairs as (
    select child.rowid as row_number, child.area_id, child.level, parent.level as parent_level
    from area as child
    inner join (select distinct area_id, level from area) as parent on child.parent_id = parent.area_id
    where child.level <> 'stadt' and child.level <> parent.level
),

ranked as (
    select
        level,
        parent_level,
        row_number() over (partition by level order by count(*) desc, parent_level) as nth
    from pairs
    group by level, parent_level
)

select
    pairs.row_number,
    'Das Gebiet „' || pairs.area_id || '“ (' || pairs.level || ') gehört zur Ebene „' || pairs.parent_level
    || '“, die meisten anderen zu „' || ranked.parent_level || '“.' as value
from pairs
inner join ranked on pairs.level = ranked.level and ranked.nth = 1
where pairs.parent_level <> ranked.parent_level
