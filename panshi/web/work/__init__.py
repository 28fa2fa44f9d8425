"""Background work as people see it: what runs for them, how far it is, how to take it back."""
