-- purpose: residents that would give a hidden number away are absent too
update population
set count = null, hidden = true
from hidden_numbers
where
    hidden_numbers.quantity = 'residents.' || population.age_from || '.' || coalesce(cast(population.age_to as varchar), '')
    || '.' || population.sex
    and hidden_numbers.area_id = population.area_id
    and hidden_numbers.period = case
        when strftime(population.date, '%m-%d') = '12-31' then strftime(population.date, '%Y')
        else cast(population.date as varchar)
    end
