-- question: for how many areas of a level is there a number, per indicator and year?
-- grain: one indicator and period
-- columns: indicator, name, topic, period, known, hidden, estimated, counted (with a numerator), areas (of the level)
-- params: level
select
    observation.indicator,
    indicator.name,
    indicator.topic,
    observation.period,
    count(observation.value) as known,
    count(*) filter (where observation.status = 'hidden') as hidden,
    count(*) filter (where observation.status = 'estimated' and observation.value is not null) as estimated,
    count(observation.numerator) as counted,
    (select count(distinct area.area_id) from area where area.level = $level) as areas
from observation
inner join indicator on observation.indicator = indicator.key
where observation.level = $level
group by observation.indicator, indicator.name, indicator.topic, observation.period
order by indicator.name, observation.indicator, observation.period
