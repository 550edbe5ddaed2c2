-- question: which targets are there for which service and age, of which kind, and who says so?
-- grain: one target of one service, age group and kind from one day on
-- columns: service, age_from, age_to, value, unit, kind, valid_from, valid_to, source
select service, age_from, age_to, value, unit, kind, valid_from, valid_to, source
from target
order by service, age_from, age_to, kind, valid_from
