-- purpose: a whole number; a point in it may part thousands, so it stops the fast read
cast(case when contains({{cell}}, '.') then 'a point' else {{cell}} end as double)
