-- code: transition_count
-- table: transition
-- severity: error
-- column: count
-- message: {value}: Es gehen mehr Kinder weiter, als in der Station waren.
-- remedy: count und of prüfen.
select rowid as row_number, area_id || ' ' || cohort || ' ' || from_stage as value
from transition
where count > "of" or count < 0 or "of" < 0
