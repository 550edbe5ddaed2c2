-- purpose: the merged catalogue is not part of what the city delivered
drop table if exists {{table}}
