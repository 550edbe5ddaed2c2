"""Methods of supply: who is reached, what is there, what is to come, where one more offer would help. Pure functions."""
