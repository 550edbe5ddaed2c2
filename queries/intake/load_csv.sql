-- purpose: read one CSV of a data package with types; any cell that does not fit stops the whole read and nothing stays
insert into {{table}} ({{columns}})
select {{cells}}
from read_csv(
    $path,
    auto_detect = false,
    header = true,
    delim = ',',
    quote = '"',
    escape = '"',
    nullstr = '',
    dateformat = '%Y-%m-%d',
    max_line_size = 1000000,
    columns = {{types}}
)
