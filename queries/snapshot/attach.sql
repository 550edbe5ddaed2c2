-- purpose: make another DuckDB file readable under a name
attach {{path}} as {{name}} (read_only)
