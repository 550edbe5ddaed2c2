-- question: how many people of which age live in one area at each date?
-- grain: one date and age group, both sexes together
-- columns: date, age_from, age_to, count (missing when a part is missing or hidden), hidden, estimated (any part is), areas_missing
-- params: area_id
select
    date,
    age_from,
    age_to,
    case when count(*) = count(count) then sum(count) end as count,
    bool_or(hidden) as hidden,
    coalesce(bool_or(status = 'estimated'), false) as estimated,
    max(areas_missing) as areas_missing
from population
where area_id = $area_id
group by date, age_from, age_to
order by date, age_from, age_to
