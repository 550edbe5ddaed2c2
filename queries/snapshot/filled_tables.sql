-- purpose: which columns of a delivered table hold anything
select {{counts}} from {{table}}
