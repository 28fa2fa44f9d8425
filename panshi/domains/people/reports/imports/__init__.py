"""Files of contacts and of the contact log: what each row means and what becomes of it."""
