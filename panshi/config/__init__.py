"""Roof: settings, urls and the server entry point, all from the environment."""
