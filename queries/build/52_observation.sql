-- grain: one indicator value of one area and period, on every level; an upper area without a row of its own is computed from
--        the counts of the level below that covers it best
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
    -- a rate counts only where an area has all its counts: half a pair would bend a sum
    select
        delivered.indicator,
        delivered.area_id,
        delivered.period,
        delivered.numerator,
        delivered.denominator,
        delivered.value,
        delivered.sign,
        coalesce(delivered.status, $status) as status,
        delivered.source_id,
        area.level_rank,
        area_size.base_areas,
        indicator.kind <> 'median'
        and delivered.numerator is not null
        and (indicator.kind = 'count' or delivered.denominator is not null) as can_be_summed
    from delivered
    inner join (select distinct area_id, level_rank from area) as area on delivered.area_id = area.area_id
    inner join area_size on delivered.area_id = area_size.area_id
    inner join indicator on delivered.indicator = indicator.key
),

summed as (
    select
        placed.indicator,
        area_tree.ancestor_id as area_id,
        placed.period,
        -- summed as decimals: a sum of binary fractions depends on the order in which the cores add them
        cast(sum(cast(placed.numerator as decimal(28, 8))) as double) as numerator,
        cast(sum(cast(placed.denominator as decimal(28, 8))) as double) as denominator,
        case
            when count(*) filter (where placed.status = 'estimated') > 0 then 'estimated'
            when count(*) filter (where placed.status = 'synthetic') > 0 then 'synthetic'
            else 'real'
        end as status,
        min(placed.source_id) as source_id,
        sum(placed.base_areas) as areas_known,
        row_number() over (
            partition by placed.indicator, area_tree.ancestor_id, placed.period
            order by sum(placed.base_areas) desc, placed.level_rank desc
        ) as nth
    from placed
    inner join area_tree on placed.area_id = area_tree.area_id and area_tree.area_id <> area_tree.ancestor_id
    where placed.can_be_summed
    group by placed.indicator, area_tree.ancestor_id, placed.period, placed.level_rank
),

together as (
    select
        indicator, area_id, period, numerator, denominator, value, sign, status, source_id,
        case when numerator is null and value is null then 0 else base_areas end as areas_known
    from placed
    union all
    select
        summed.indicator, summed.area_id, summed.period, summed.numerator, summed.denominator, null,
        null, summed.status, summed.source_id, summed.areas_known
    from summed
    left join placed
        on summed.indicator = placed.indicator and summed.area_id = placed.area_id and summed.period = placed.period
    where summed.nth = 1 and placed.area_id is null
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
    cast(area_size.base_areas - together.areas_known as integer) as areas_missing
from together
inner join indicator on together.indicator = indicator.key
inner join (select distinct area_id, level from area) as area on together.area_id = area.area_id
inner join area_size on together.area_id = area_size.area_id
order by together.indicator, area.level, together.period, together.area_id
