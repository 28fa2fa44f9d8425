"""The `panshi` command."""
