-- purpose: keys that the table they point to does not know
select {{table}}.rowid as row_number, {{table}}.{{column}} as value
from {{table}}
where
    {{table}}.{{column}} is not null
    and {{table}}.{{column}} not in (
        select known.{{known_column}} from {{known_table}} as known where known.{{known_column}} is not null
    )
