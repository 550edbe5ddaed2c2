-- purpose: an empty staging table with the columns of data/catalogue/tables.toml
create table if not exists {{table}} ({{definitions}})
