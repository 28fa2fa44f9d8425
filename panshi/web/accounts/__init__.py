"""Pages of the account archive."""
