-- grain: one source; `raumblick` stands for what the build computes from other tables
create table source as
with together as (
    select source_id, title, publisher, licence, url, retrieved, sha256
    from staging.source
    union all
    select
        'raumblick', 'Berechnet aus Einwohnern nach Alter und Angeboten', 'Raumblick', 'wie die Ausgangsdaten', null, cast(null as date), null
)

select source_id, title, publisher, licence, url, retrieved, sha256
from together
order by source_id
