-- purpose: rows whose key stands in an earlier row
with repeated as (
    select {{key}}
    from {{table}}
    group by {{key}}
    having count(*) > 1
),

numbered as (
    select
        {{table}}.rowid as row_number,
        row_number() over (partition by {{table_key}} order by {{table}}.rowid) as nth,
        concat_ws(', ', {{text_key}}) as value
    from {{table}}
    inner join repeated on {{same_key}}
)

select row_number, value
from numbered
where nth > 1
