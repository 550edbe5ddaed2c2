-- purpose: every count of the internal file that the public file holds too, one row a number, for the disclosure check
-- columns: quantity, area_id, period, number, small (hidden for its own sake)
-- params: threshold
with numbers as (
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
        -- what was spent on one or two cases
        coalesce(indicator.unit like '€%' and observation.denominator > 0 and observation.denominator < $threshold, false) as money
    from internal.observation as observation
    inner join indicator on observation.indicator = indicator.key
    union all
    select observation.indicator || '.denominator', observation.area_id, observation.period, observation.denominator, true, false
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
    select
        'stock.' || service,
        area_id,
        case when extract(month from month) = 12 then strftime(month, '%Y') else strftime(month, '%Y-%m') end,
        stock,
        true,
        false
    from internal.caseload
)

select
    quantity, area_id, period, number,
    money or (persons and number > 0 and number < $threshold) as small
from numbers
where number is not null
order by quantity, period, area_id
