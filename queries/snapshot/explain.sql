-- purpose: plan a query without running it; fails where a table or column is not there
explain {{query}}
