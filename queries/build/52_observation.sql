-- grain: one indicator value of one area and period, on every level; higher levels are computed from summed counts
-- columns: ..., areas (base areas behind the row), areas_missing (of these without counts)
create table observation as
with delivered as (
    select indicator, area_id, period, numerator, denominator, value, sign, status, source_id
    from staging.observation
    union all
    select indicator, area_id, period, numerator, denominator, null, null, status, 'raumblick'
    from observation_derived
),

placed as (
    select delivered.*, area.level_rank
    from delivered
    inner join (select distinct area_id, level_rank from area) as area on delivered.area_id = area.area_id
),

deepest as (
    select indicator, period, max(level_rank) as level_rank
    from placed
    group by indicator, period
),

summed as (
    -- a rate is summed only where an area has all its counts: half a pair would bend the sum
    select
        placed.indicator,
        area_tree.ancestor_id as area_id,
        placed.period,
        sum(case when indicator.kind = 'count' or placed.denominator is not null then placed.numerator end) as numerator,
        sum(case when placed.numerator is not null then placed.denominator end) as denominator,
        case
            when count(*) filter (where placed.status = 'estimated') > 0 then 'estimated'
            when count(*) filter (where placed.status = 'synthetic') > 0 then 'synthetic'
            else 'real'
        end as status,
        min(placed.source_id) as source_id,
        count(case when indicator.kind = 'count' or placed.denominator is not null then placed.numerator end) as areas_known
    from placed
    inner join deepest
        on placed.indicator = deepest.indicator and placed.period = deepest.period and placed.level_rank = deepest.level_rank
    inner join indicator on placed.indicator = indicator.key
    inner join area_tree on placed.area_id = area_tree.area_id and area_tree.area_id <> area_tree.ancestor_id
    where indicator.kind <> 'median'
    group by placed.indicator, area_tree.ancestor_id, placed.period
    having count(case when indicator.kind = 'count' or placed.denominator is not null then placed.numerator end) > 0
),

together as (
    select
        placed.indicator, placed.area_id, placed.period, placed.numerator, placed.denominator, placed.value,
        placed.sign, coalesce(placed.status, $status) as status, placed.source_id,
        case when placed.numerator is null and placed.value is null then 1 else 0 end as gaps
    from placed
    union all
    select
        summed.indicator, summed.area_id, summed.period, summed.numerator, summed.denominator, null,
        null, summed.status, summed.source_id,
        greatest(area_size.base_areas - summed.areas_known, 0) as gaps
    from summed
    inner join area_size on summed.area_id = area_size.area_id
    left join placed
        on summed.indicator = placed.indicator and summed.area_id = placed.area_id and summed.period = placed.period
    where placed.area_id is null
)

select
    together.indicator,
    together.area_id,
    area.level,
    together.period,
    together.numerator,
    together.denominator,
    case
        when together.numerator is null then together.value
        when indicator.kind = 'count' then together.numerator
        else together.numerator * indicator.multiplier / nullif(together.denominator, 0)
    end as value,
    together.sign,
    together.status,
    together.source_id,
    cast(area_size.base_areas as integer) as areas,
    cast(together.gaps as integer) as areas_missing
from together
inner join indicator on together.indicator = indicator.key
inner join (select distinct area_id, level from area) as area on together.area_id = area.area_id
inner join area_size on together.area_id = area_size.area_id
order by together.indicator, area.level, together.period, together.area_id
