-- grain: one target value of a service for an age group
create table target as
select
    service, cast(age_from as integer) as age_from, cast(age_to as integer) as age_to, value, unit, kind,
    valid_from, valid_to, source
from staging.known_target
order by service, age_from, age_to, kind, valid_from
