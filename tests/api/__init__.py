"""The API: tokens, operations, who may do what, and nonsense of every kind."""
