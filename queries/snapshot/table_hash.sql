-- purpose: number of rows and a hash that does not depend on their order
select count(*) as row_count, bit_xor(hash(row_value)) as digest
from (select {{table}} as row_value from {{table}}) as content
