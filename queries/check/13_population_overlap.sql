-- code: population_overlap
-- table: population
-- severity: error
-- column: age_from
-- message: Die Altersgruppen überschneiden sich: {value}.
-- remedy: Jedes Alter darf je Gebiet, Stichtag und Geschlecht nur einmal vorkommen.
with ordered as (
    select
        rowid as row_number,
        area_id,
        date,
        age_from,
        lag(coalesce(age_to, 999)) over (partition by area_id, date, sex order by age_from, age_to) as before
    from population
)

select row_number, area_id || ' am ' || cast(date as varchar) || ' ab ' || cast(cast(age_from as integer) as varchar) as value
from ordered
where age_from < before
