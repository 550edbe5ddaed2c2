-- question: how much is in the other tables, year by year? (compared between two snapshots)
-- grain: one table and year
-- columns: name, year, row_count, total (residents, places, euro, cases, procedures, children)
with base as (
    select distinct area_id
    from area
    where is_base
),

together as (
    select 'population' as name, extract(year from population.date) as year, population.count as amount
    from population
    inner join base on population.area_id = base.area_id
    union all
    select 'facility', extract(year from reference_date), places_licensed
    from facility
    union all
    select 'cell', extract(year from reference_date), children
    from cell
    where area_id is not null
    union all
    select 'booking', year, amount
    from booking
    union all
    select 'caseload', extract(year from caseload.month), caseload.stock
    from caseload
    inner join base on caseload.area_id = base.area_id
    union all
    select 'protection', cast(protection.period as integer), protection.procedures
    from protection
    inner join base on protection.area_id = base.area_id
    union all
    select 'transition', cast(left(transition.cohort, 4) as integer), transition.count
    from transition
    inner join base on transition.area_id = base.area_id
)

select name, year, count(*) as row_count, sum(amount) as total
from together
group by name, year
order by name, year
