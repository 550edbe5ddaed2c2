-- code: vintage
-- table: population
-- severity: error
-- column: date
-- message: {value}: An diesem Tag gab es das Gebiet nicht.
-- remedy: Gebietsstand prüfen (valid_from, valid_to); ältere Zahlen über area_share umrechnen und mit estimated kennzeichnen.
with spans as (
    select area_id, min(valid_from) as first_day, max(coalesce(valid_to, date '9999-12-31')) as last_day
    from area
    group by area_id
),

converted as (
    -- areas that old ones were converted into: estimates from before their time are meant
    select distinct to_id
    from area_share
)

select population.rowid as row_number, population.area_id || ' ' || cast(population.date as varchar) as value
from population
inner join spans on population.area_id = spans.area_id
left join converted on population.area_id = converted.to_id
where
    population.date > spans.last_day
    or (
        population.date < spans.first_day - interval 1 day
        and (population.status is distinct from 'estimated' or converted.to_id is null)
    )
