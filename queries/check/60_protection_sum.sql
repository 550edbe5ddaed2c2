-- code: protection_sum
-- table: protection
-- severity: error
-- column: procedures
-- message: {value}: Die Ergebnisse ergeben nicht die Zahl der Verfahren.
-- remedy: akut + latent + Hilfebedarf + nichts davon muss die Zahl der Verfahren ergeben.
select rowid as row_number, area_id || ' ' || period as value
from protection
where
    procedures <> acute + latent + need + none
    or procedures < 0 or acute < 0 or latent < 0 or need < 0 or none < 0
    or two_specialists > procedures
