"""Pages of background exports."""
