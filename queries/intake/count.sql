-- purpose: number of rows of one staging table
select count(*) from {{table}}
