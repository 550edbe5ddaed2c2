-- purpose: the tables of this file
select table_name
from information_schema.tables
where table_schema = 'main' and table_type = 'BASE TABLE' and table_catalog = current_database()
order by table_name
