-- code: amount
-- table: booking
-- severity: error
-- column: amount
-- message: Der Betrag {value} ist negativ.
-- remedy: Beträge ohne Vorzeichen schreiben; expense oder revenue sagt die Seite. Eine Berichtigung steht auf der anderen Seite.
select rowid as row_number, cast(amount as varchar) as value
from booking
where amount < 0
