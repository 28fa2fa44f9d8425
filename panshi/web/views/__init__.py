"""Pages of saved views of lists."""
