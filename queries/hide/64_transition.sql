-- purpose: steps of a cohort that would give a hidden number away are absent too
update transition
set
    count = case when hit.steps then null else transition.count end,
    "of" = case when hit.cohort_size then null else transition."of" end,
    hidden = true
from (
    select
        area_id,
        period,
        regexp_replace(quantity, '^transition\.(count|of)\.', '') as step,
        bool_or(quantity like 'transition.count.%') as steps,
        bool_or(quantity like 'transition.of.%') as cohort_size
    from hidden_numbers
    where quantity like 'transition.%'
    group by area_id, period, step
) as hit
where
    hit.area_id = transition.area_id
    and hit.period = transition.cohort
    and hit.step = transition.from_stage || '.' || transition.to_stage
