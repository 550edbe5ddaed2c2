-- grain: one value of an indicator that follows from residents and places, per base area and year
-- columns: indicator, area_id, period, numerator, denominator, status (null: that of the city)
create temporary table observation_derived as
with latest as (
    select max(period) as period
    from residents_of_age
),

list_day as (
    -- the day a list of offers speaks of: its newest reference date, else the end of the last year with residents
    select
        facility.service,
        coalesce(max(facility.reference_date), cast(max(latest.period) || '-12-31' as date)) as day
    from facility
    cross join latest
    group by facility.service
),

places as (
    -- offers open on the day of their list; an area with an open offer of unknown size has no number
    select
        derived.indicator,
        facility.area_id,
        case when count(*) = count(facility.places_licensed) then sum(facility.places_licensed) end as places
    from derived
    inner join facility on derived.service = facility.service
    inner join list_day on facility.service = list_day.service
    where
        derived.measure = 'places'
        and facility.area_id is not null
        and (facility.opens is null or facility.opens <= list_day.day)
        and (facility.closes is null or facility.closes > list_day.day)
    group by derived.indicator, facility.area_id
),

delivered as (
    select distinct indicator, period
    from staging.observation
),

from_residents as (
    select
        derived.indicator,
        top.area_id,
        top.period,
        top.residents as numerator,
        bottom.residents as denominator,
        case when top.estimated or bottom.estimated then 'estimated' end as status
    from derived
    inner join residents_of_age as top
        on derived.num_age_from = top.age_from and derived.num_age_to is not distinct from top.age_to
    left join residents_of_age as bottom
        on top.area_id = bottom.area_id
        and top.period = bottom.period
        and derived.den_age_from = bottom.age_from
        and derived.den_age_to is not distinct from bottom.age_to
    where derived.measure = 'residents' and (derived.den_age_from is null or bottom.area_id is not null)
),

from_places as (
    -- places of the facility list against the residents of the last year known: two dates, so it is an estimate
    select
        derived.indicator,
        bottom.area_id,
        bottom.period,
        case when places.area_id is null then 0 else places.places end as numerator,
        bottom.residents as denominator,
        'estimated' as status
    from derived
    inner join residents_of_age as bottom
        on derived.den_age_from = bottom.age_from and derived.den_age_to is not distinct from bottom.age_to
    inner join latest on bottom.period = latest.period
    left join places on derived.indicator = places.indicator and bottom.area_id = places.area_id
    where derived.measure = 'places' and derived.indicator in (select places.indicator from places)
),

together as (
    select * from from_residents
    union all
    select * from from_places
)

select together.indicator, together.area_id, together.period, together.numerator, together.denominator, together.status
from together
left join delivered on together.indicator = delivered.indicator and together.period = delivered.period
where delivered.indicator is null
