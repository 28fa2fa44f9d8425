"""What people may set without code: numbering of records and each person's own choices of columns and views."""
