-- code: share_sum
-- table: area_share
-- severity: error
-- column: share
-- message: Die Anteile des alten Gebiets {value}; sie müssen zusammen 1 ergeben.
-- remedy: Fehlende neue Gebiete ergänzen oder die Anteile berichtigen.
select min(rowid) as row_number, from_id || ' ergeben ' || cast(sum(share) as varchar) as value
from area_share
group by from_id, from_vintage, to_vintage, basis
having abs(sum(share) - 1) > 0.0001 or min(share) < 0
