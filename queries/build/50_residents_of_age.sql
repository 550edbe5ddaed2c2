-- grain: residents of one base area at the end of one year in an age span that a derived indicator needs
-- columns: area_id, period, age_from, age_to, residents, estimated (true where any part is); only where the delivered age groups fill the span exactly
create temporary table residents_of_age as
with ages as (
    select distinct num_age_from as age_from, num_age_to as age_to
    from derived
    where measure = 'residents'
    union
    select distinct den_age_from as age_from, den_age_to as age_to
    from derived
    where den_age_from is not null
),

year_end as (
    select
        population.area_id,
        cast(extract(year from population.date) as varchar) as period,
        population.age_from,
        population.age_to,
        sum(population.count) as residents,
        count(*) filter (where population.count is null) as unknown,
        count(*) filter (where population.status = 'estimated') as estimated
    from population
    where
        population.area_id in (select area.area_id from area where area.is_base)  -- an area may have several vintages
        and extract(month from population.date) = 12
        and extract(day from population.date) = 31
    group by population.area_id, population.date, population.age_from, population.age_to
    having max(case when population.sex = 'all' then 2 else 0 end) + count(distinct population.sex) >= 2  -- not one sex alone
)

select
    year_end.area_id,
    year_end.period,
    ages.age_from,
    ages.age_to,
    case when sum(year_end.unknown) = 0 then sum(year_end.residents) end as residents,
    sum(year_end.estimated) > 0 as estimated
from year_end
inner join ages
    on year_end.age_from >= ages.age_from
    and (ages.age_to is null or year_end.age_to <= ages.age_to)
group by year_end.area_id, year_end.period, ages.age_from, ages.age_to
having
    min(year_end.age_from) = ages.age_from
    and (
        (ages.age_to is not null and sum(year_end.age_to - year_end.age_from) = ages.age_to - ages.age_from)
        or (
            ages.age_to is null
            and count(*) filter (where year_end.age_to is null) = 1
            and sum(coalesce(year_end.age_to - year_end.age_from, 0)) = max(year_end.age_from) - ages.age_from
        )
    )
