-- purpose: one delivered table as a CSV of the data package, in the order it was delivered
copy (select {{columns}} from {{table}} order by rowid) to {{path}} (format csv, header true, delimiter ',')
