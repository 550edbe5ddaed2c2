-- code: parent
-- table: area
-- severity: error
-- column: parent_id
-- message: {value}
-- remedy: In parent_id den Schlüssel des nächstgrößeren Gebiets eintragen; nur die Stadt hat keines.
select
    child.rowid as row_number,
    case
        when child.level = 'stadt' then 'Die Stadt hat ein übergeordnetes Gebiet.'
        when child.parent_id is null then 'Das Gebiet „' || child.area_id || '“ gehört zu keinem größeren.'
        when child.parent_id = child.area_id then 'Das Gebiet „' || child.area_id || '“ gehört zu sich selbst.'
        else 'Das Gebiet „' || child.area_id || '“ liegt auf derselben Ebene wie „' || child.parent_id || '“.'
    end as value
from area as child
left join (select distinct area_id, level from area) as parent on child.parent_id = parent.area_id
where
    (child.level = 'stadt' and child.parent_id is not null)
    or (child.level <> 'stadt' and child.parent_id is null)
    or child.parent_id = child.area_id
    or child.level = parent.level
