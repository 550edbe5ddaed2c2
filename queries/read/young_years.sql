-- question: how many young people lived in the areas of a level at the end of each year?
-- grain: one area, year and age group that begins under an age, both sexes together
-- columns: area_id, year, age_from, age_to, count (missing when a part is missing or hidden), hidden
-- params: level, below
select
    area_id,
    cast(extract(year from date) as integer) as year,
    age_from,
    age_to,
    case when count(*) = count(count) then sum(count) end as count,
    bool_or(hidden) as hidden
from population
where level = $level and age_from < $below and extract(month from date) = 12 and extract(day from date) = 31
group by area_id, date, age_from, age_to
order by area_id, year, age_from, age_to
