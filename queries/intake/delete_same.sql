-- purpose: rows that the registered frame brings anew
delete from {{table}}
where exists (select 1 from delivered where {{same_key}})
