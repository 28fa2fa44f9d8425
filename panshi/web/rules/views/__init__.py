"""Views of decision tables."""
