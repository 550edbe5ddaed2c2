-- purpose: append the rows of a registered frame to a staging table
insert into {{table}} ({{columns}})
select {{columns}}
from delivered
