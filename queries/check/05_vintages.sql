-- code: vintages
-- table: area
-- severity: error
-- column: area_id
-- message: {value}
-- remedy: Ein Gebiet behält in allen Zeilen Name, Ebene und übergeordnetes Gebiet; ein geändertes bekommt einen neuen Schlüssel. Zeiträume überschneiden sich nicht.
with ordered as (
    select
        rowid as row_number,
        area_id,
        name,
        level,
        parent_id,
        valid_from,
        lag(coalesce(valid_to, date '9999-12-31')) over (partition by area_id order by valid_from, rowid) as before_to,
        first_value(name) over (partition by area_id order by valid_from, rowid) as first_name,
        first_value(level) over (partition by area_id order by valid_from, rowid) as first_level,
        first_value(parent_id) over (partition by area_id order by valid_from, rowid) as first_parent,
        lag(valid_from) over (partition by area_id order by valid_from, rowid) as before_from
    from area
    where area_id is not null
)

select
    row_number,
    case
        when valid_from < before_to then 'Zwei Gebietsstände von „' || area_id || '“ überschneiden sich.'
        else 'Das Gebiet „' || area_id || '“ hat in verschiedenen Gebietsständen verschiedene Angaben.'
    end as value
from ordered
where
    before_from <> valid_from
    and (
        valid_from < before_to
        or name <> first_name
        or level <> first_level
        or parent_id is distinct from first_parent
    )
