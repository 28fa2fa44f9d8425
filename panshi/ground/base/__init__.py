"""Base of the ground: the gate for rows, refusals, fields and abstract models. Imports nothing of Panshi above calc."""
