-- code: value_range
-- table: observation
-- severity: error
-- column: value
-- message: {value} ist als Wert dieser Kennzahl unmöglich.
-- remedy: Zahl prüfen; ein Anteil liegt zwischen 0 und 100 %, Platzhalter wie -9999 bleiben leer.
select observation.rowid as row_number, cast(observation.value as varchar) as value
from observation
inner join known_indicator on observation.indicator = known_indicator.key
where
    (
        observation.value < 0
        and known_indicator.kind <> 'ratio'
        and not (known_indicator.kind = 'median' and known_indicator.key in (select own.key from indicator as own))
    )
    or (known_indicator.kind = 'share' and observation.value > known_indicator.multiplier and not isnan(observation.value))
    or observation.value in (-99, -999, -9999, -99999, -999999)
