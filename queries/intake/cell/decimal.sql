-- purpose: an amount; a point before three digits may part thousands, so it stops the fast read
cast(case when substr({{cell}}, -4, 1) = '.' then 'a point' else {{cell}} end as decimal(20, 4))
