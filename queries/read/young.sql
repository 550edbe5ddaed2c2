-- question: how many people under 27 live in the areas of a level at the newest date?
-- grain: one area and age group, both sexes together
-- columns: area_id, date, age_from, age_to, count (missing when a part is missing or hidden), hidden, areas_missing
-- params: level
select
    area_id,
    date,
    age_from,
    age_to,
    case when count(*) = count(count) then sum(count) end as count,
    bool_or(hidden) as hidden,
    max(areas_missing) as areas_missing
from population
where level = $level and age_from < 27 and date = (select max(newest.date) from population as newest where newest.level = $level)
group by area_id, date, age_from, age_to
order by area_id, age_from, age_to
