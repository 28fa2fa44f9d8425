"""Pages of contacts and the contact log."""
