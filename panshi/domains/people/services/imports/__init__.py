"""Writing and undoing files of contacts and of the contact log."""
