"""Reading a customer file: which column is which field, what each cell means, and what would become of each row."""
