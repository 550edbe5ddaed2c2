-- code: negative
-- table: cell
-- severity: error
-- column: children
-- message: {value} Kinder sind unmöglich.
-- remedy: Zahl prüfen; was geheim ist, bleibt leer.
select rowid as row_number, regexp_replace(cast(children as varchar), '\.0$', '') as value
from cell
where children < 0
