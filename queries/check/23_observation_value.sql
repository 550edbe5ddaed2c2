-- code: value_and_counts
-- table: observation
-- severity: error
-- column: value
-- message: Wert und Zähler stehen beide da („{value}“); gerechnet wird nur aus Zähler und Nenner.
-- remedy: Die Spalte value leer lassen, wo Zähler und Nenner bekannt sind.
select rowid as row_number, cast(value as varchar) as value
from observation
where value is not null and numerator is not null
