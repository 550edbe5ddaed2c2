-- grain: one service of the catalogue or of the city
create table service as
select
    key, name, paragraph, topic, form, cast(age_from as integer) as age_from, cast(age_to as integer) as age_to,
    entitlement, allocable, description
from staging.known_service
order by key
