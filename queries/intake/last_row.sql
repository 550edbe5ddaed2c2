-- purpose: number of the last row of one staging table; -1 when it has none
select coalesce(max(rowid), -1) from {{table}}
