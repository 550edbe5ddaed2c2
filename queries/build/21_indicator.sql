-- grain: one indicator of the catalogue or of the city
create table indicator as
select
    key, name, definition, numerator, denominator, age_group, unit, kind, multiplier,
    cast(decimals as integer) as decimals, direction, paragraph, topic, typical_source, sensitivity, low, high
from staging.known_indicator
order by key
