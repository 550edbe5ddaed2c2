-- purpose: a text cell without blanks around it; nothing left means missing
nullif(trim({{cell}}), '')
