-- question: what are the services called, and what kind of help are they?
-- grain: one service
-- columns: key, name, paragraph, form, entitlement, allocable
select key, name, paragraph, form, entitlement, allocable
from service
order by key
