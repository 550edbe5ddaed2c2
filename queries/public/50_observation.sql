-- grain: as in the internal file; small counts of persons and every rate built on them are absent
create table observation as
with judged as (
    select
        observation.*,
        coalesce(
            indicator.kind in ('count', 'share', 'rate') and observation.numerator > 0 and observation.numerator < $threshold, false
        )
        -- a value delivered without its numerator can give it away: a count itself, a rate together with its denominator
        or coalesce(
            observation.numerator is null and indicator.kind = 'count' and observation.value > 0 and observation.value < $threshold, false
        )
        or coalesce(
            observation.numerator is null
            and indicator.kind in ('share', 'rate')
            and observation.value > 0
            and observation.value * observation.denominator < ($threshold - 0.5) * indicator.multiplier,
            false
        ) as small_numerator,
        coalesce(observation.denominator > 0 and observation.denominator < $threshold, false) as small_denominator
    from internal.observation as observation
    inner join indicator on observation.indicator = indicator.key
)

select
    indicator, area_id, level, period,
    case when small_numerator or small_denominator then null else numerator end as numerator,
    case when small_denominator then null else denominator end as denominator,
    case when small_numerator or small_denominator then null else value end as value,
    sign,
    case when small_numerator or small_denominator then 'hidden' else status end as status,
    source_id, areas, areas_missing
from judged
