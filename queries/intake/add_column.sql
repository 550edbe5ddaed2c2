-- purpose: a column that a kept delivery of an earlier version does not have yet
alter table {{table}} add column if not exists {{column}} {{type}}
