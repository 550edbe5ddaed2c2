-- purpose: all rows of one staging table in the order of the file
select * from {{table}} order by rowid
