-- code: vintage
-- table: observation
-- severity: error
-- column: period
-- message: {value}: In diesem Zeitraum gab es das Gebiet nicht.
-- remedy: Gebietsstand prüfen (valid_from, valid_to); ältere Werte über area_share umrechnen.
with spans as (
    select area_id, min(valid_from) as first_day, max(coalesce(valid_to, date '9999-12-31')) as last_day
    from area
    group by area_id
)

select observation.rowid as row_number, observation.area_id || ' ' || observation.period as value
from observation
inner join spans on observation.area_id = spans.area_id
where
    (length(observation.period) = 4 and observation.period < cast(extract(year from spans.first_day - interval 1 day) as varchar))
    or (length(observation.period) = 7 and observation.period < left(cast(spans.first_day - interval 1 day as varchar), 7))
    or left(observation.period, 4) > left(cast(spans.last_day as varchar), 4)
