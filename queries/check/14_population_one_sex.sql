-- code: population_one_sex
-- table: population
-- severity: error
-- column: sex
-- message: {value}
-- remedy: „female“ und „male“ gemeinsam liefern (auch null Personen als Zeile) oder „all“.
with sexes as (
    select
        min(rowid) as row_number,
        area_id,
        date,
        count(*) filter (where sex = 'female') as females,
        count(*) filter (where sex = 'male') as males
    from population
    group by area_id, date
)

select
    row_number,
    'Im Gebiet ' || coalesce(area_id, 'ohne Schlüssel') || ' am ' || coalesce(cast(date as varchar), 'Tag ohne Datum')
    || ' fehlt das andere Geschlecht.' as value
from sexes
where (females > 0) <> (males > 0)
