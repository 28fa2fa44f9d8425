"""Pages of the settings by topic: dictionaries, custom fields, thresholds."""
