-- question: where do the numbers come from?
-- grain: one source
-- columns: source_id, title, publisher, licence, url, retrieved, sha256, values (how many indicator values rest on it)
with used as (
    select source_id, count(*) as values
    from observation
    group by source_id
)

select
    source.source_id, source.title, source.publisher, source.licence, source.url, source.retrieved, source.sha256,
    coalesce(used.values, 0) as values
from source
left join used on source.source_id = used.source_id
order by source.title, source.source_id
