-- code: closed_before_open
-- table: facility
-- severity: error
-- column: closes
-- message: „{value}“ schließt, bevor es öffnet.
-- remedy: opens und closes prüfen.
select rowid as row_number, name as value
from facility
where closes < opens
