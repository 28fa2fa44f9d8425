"""Pages for people, units and roles, and for one's own settings."""
