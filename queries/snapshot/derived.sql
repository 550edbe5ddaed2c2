-- purpose: the rules of data/catalogue/derived.csv, typed
create temporary table derived as
select
    indicator,
    measure,
    service,
    cast(num_age_from as integer) as num_age_from,
    cast(num_age_to as integer) as num_age_to,
    cast(den_age_from as integer) as den_age_from,
    cast(den_age_to as integer) as den_age_to
from derived_rows
