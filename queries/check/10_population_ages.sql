-- code: population_ages
-- table: population
-- severity: error
-- column: age_to
-- message: Die Altersgruppe {value} ist unmöglich.
-- remedy: age_to ist das erste Alter, das nicht mehr dazugehört, und größer als age_from.
select
    rowid as row_number,
    concat_ws(' bis unter ', regexp_replace(cast(age_from as varchar), '\.0$', ''), regexp_replace(cast(age_to as varchar), '\.0$', '')) as value
from population
where age_from < 0 or age_from > 120 or age_to <= age_from
