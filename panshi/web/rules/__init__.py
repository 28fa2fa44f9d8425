"""Pages of decision tables."""
