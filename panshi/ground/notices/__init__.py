"""Notices to people: in the application and by mail, each kind switchable, quiet on holidays."""
