-- question: how many people under 27 lived in the areas of a level at the end of each year?
-- grain: one area, year and age group, both sexes together
-- columns: area_id, year, age_from, age_to, count (missing when a part is missing or hidden), hidden
-- params: level
select
    area_id,
    cast(extract(year from date) as integer) as year,
    age_from,
    age_to,
    case when count(*) = count(count) then sum(count) end as count,
    bool_or(hidden) as hidden
from population
where level = $level and age_from < 27 and extract(month from date) = 12 and extract(day from date) = 31
group by area_id, extract(year from date), age_from, age_to
order by area_id, year, age_from, age_to
