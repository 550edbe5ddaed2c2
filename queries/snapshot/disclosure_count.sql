-- purpose: how much of the public file is hidden, by table
-- columns: name, cells (rows), hidden (rows with a hidden number), numbers (that are published)
select 'population' as name, count(*) as cells, count(*) filter (where hidden) as hidden, count(count) as numbers
from population
union all
select 'observation', count(*), count(*) filter (where status = 'hidden'), count(numerator) + count(denominator) + count(value)
from observation
union all
select
    'caseload', count(*), count(*) filter (where hidden),
    count(stock) + count(entries) + count(exits) + count(care_days) + count(cost)
from caseload
union all
select
    'protection', count(*), count(*) filter (where hidden),
    count(procedures) + count(acute) + count(latent) + count(need) + count(none) + count(two_specialists)
from protection
union all
select 'transition', count(*), count(*) filter (where hidden), count(count) + count("of")
from transition
union all
select 'facility', count(*), count(*) filter (where hidden), count(enrolled)
from facility
order by name
