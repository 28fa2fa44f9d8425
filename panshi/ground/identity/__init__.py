"""Who people are and what they may do: persons, units, roles, assignments, and the viewer made of them."""
