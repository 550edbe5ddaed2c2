-- purpose: procedures that would give a hidden number away are absent too
update protection
set
    procedures = case when hit.procedures then null else protection.procedures end,
    acute = case when hit.acute then null else protection.acute end,
    latent = case when hit.latent then null else protection.latent end,
    need = case when hit.need then null else protection.need end,
    none = case when hit.none then null else protection.none end,
    two_specialists = case when hit.two_specialists then null else protection.two_specialists end,
    hidden = true
from (
    select
        area_id,
        period,
        bool_or(quantity = 'protection.procedures') as procedures,
        bool_or(quantity = 'protection.acute') as acute,
        bool_or(quantity = 'protection.latent') as latent,
        bool_or(quantity = 'protection.need') as need,
        bool_or(quantity = 'protection.none') as none,
        bool_or(quantity = 'protection.two_specialists') as two_specialists
    from hidden_numbers
    where quantity like 'protection.%'
    group by area_id, period
) as hit
where hit.area_id = protection.area_id and hit.period = protection.period
