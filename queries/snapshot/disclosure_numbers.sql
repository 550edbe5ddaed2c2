-- purpose: every count of the internal file that the public file holds too, one row a number, for the disclosure check;
-- cases as sums of a year, hidden as one (small: a month of it is)
-- columns: quantity, area_id, period, number, small (hidden for its own sake)
-- params: threshold
with top as (
    select distinct area_id
    from internal.area
    where parent_id is null
),

-- cases by month are published for the whole city alone
years as (
    select
        caseload.area_id,
        caseload.service,
        strftime(caseload.month, '%Y') as period,
        sum(caseload.entries) as begun,
        sum(caseload.exits) as ended,
        sum(caseload.stock) as months,
        max(caseload.stock) filter (where extract(month from caseload.month) = 12) as december,
        coalesce(bool_or(caseload.stock > 0 and caseload.stock < $threshold), false) as few,
        coalesce(
            bool_or((caseload.entries > 0 and caseload.entries < $threshold) or (caseload.exits > 0 and caseload.exits < $threshold)), false
        ) as few_moves
    from internal.caseload as caseload
    inner join top on caseload.area_id = top.area_id
    group by caseload.area_id, caseload.service, strftime(caseload.month, '%Y')
),

numbers as (
    select
        observation.indicator || '.numerator' as quantity,
        observation.area_id,
        observation.period,
        case
            when observation.numerator is not null then observation.numerator
            when indicator.kind = 'count' then observation.value
            when indicator.kind in ('share', 'rate') then round(observation.value * observation.denominator / indicator.multiplier)
        end as number,
        indicator.kind in ('count', 'share', 'rate') as persons,
        -- what was spent on one or two cases; a stock which, taken from all helps of the year, leaves the one or two that ended
        coalesce(indicator.unit like '€%' and observation.denominator > 0 and observation.denominator < $threshold, false)
        or coalesce(helped.numerator > running and helped.numerator < running + $threshold, false) as few
    from (
        select *, case when indicator = 'hze_stock' then coalesce(numerator, value) end as running
        from internal.observation
    ) as observation
    left join internal.observation as helped
        on helped.indicator = 'hze_rate'
        and helped.area_id = observation.area_id
        and helped.period = observation.period
    inner join indicator on observation.indicator = indicator.key
    union all
    select
        observation.indicator || '.denominator',
        observation.area_id,
        observation.period,
        -- the mean of twelve months, in whole months
        case when observation.indicator = 'cost_case' then round(observation.denominator * 12) else observation.denominator end,
        true,
        coalesce(observation.denominator > 0 and observation.denominator < $threshold, false)
    from internal.observation as observation
    union all
    select
        'residents.' || age_from || '.' || coalesce(cast(age_to as varchar), '') || '.' || sex,
        area_id,
        case when strftime(date, '%m-%d') = '12-31' then strftime(date, '%Y') else cast(date as varchar) end,
        count,
        true,
        false
    from internal.population
    union all
    select 'protection.procedures', area_id, period, procedures, true, false from internal.protection
    union all
    select 'protection.acute', area_id, period, acute, true, false from internal.protection
    union all
    select 'protection.latent', area_id, period, latent, true, false from internal.protection
    union all
    select 'protection.need', area_id, period, need, true, false from internal.protection
    union all
    select 'protection.none', area_id, period, none, true, false from internal.protection
    union all
    select 'protection.two_specialists', area_id, period, two_specialists, true, false from internal.protection
    union all
    select 'transition.count.' || from_stage || '.' || to_stage, area_id, cohort, count, true, false from internal.transition
    union all
    select 'transition.of.' || from_stage || '.' || to_stage, area_id, cohort, "of", true, false from internal.transition
    union all
    select 'stock.' || service, area_id, period, december, true, few from years
    union all
    select 'months.' || service, area_id, period, months, false, few from years
    union all
    select 'begun.' || service, area_id, period, begun, false, few_moves from years
    union all
    select 'ended.' || service, area_id, period, ended, false, few_moves from years
)

select
    quantity, area_id, period, number,
    few or (persons and number > 0 and number < $threshold) as small
from numbers
where number is not null
order by quantity, period, area_id
