-- code: sign_with_number
-- table: observation
-- severity: error
-- column: sign
-- message: Neben dem Zeichen „{value}“ steht eine Zahl.
-- remedy: Ein Zeichen der Statistik steht anstelle der Zahl; nur „()“ darf neben einer Zahl stehen.
select rowid as row_number, sign as value
from observation
where sign is not null and sign <> '()' and (numerator is not null or value is not null)
