-- code: vintage
-- table: observation
-- severity: error
-- column: period
-- message: {value}: In diesem Zeitraum gab es das Gebiet nicht.
-- remedy: Gebietsstand prüfen (valid_from, valid_to); ältere Werte über area_share umrechnen und mit estimated kennzeichnen.
with spans as (
    -- a stock of 31.12. belongs to the area that begins the day after
    select
        area_id,
        left(cast(min(valid_from) - interval 1 day as varchar), 7) as first_month,
        left(cast(max(coalesce(valid_to, date '9999-12-31')) as varchar), 7) as last_month
    from area
    group by area_id
),

converted as (
    -- areas that old ones were converted into: estimates from before their time are meant
    select distinct to_id
    from area_share
)

select observation.rowid as row_number, observation.area_id || ' ' || observation.period as value
from observation
inner join spans on observation.area_id = spans.area_id
left join converted on observation.area_id = converted.to_id
where
    (
        observation.period < left(spans.first_month, length(observation.period))
        and (observation.status is distinct from 'estimated' or converted.to_id is null)
    )
    or observation.period > left(spans.last_month, length(observation.period))
