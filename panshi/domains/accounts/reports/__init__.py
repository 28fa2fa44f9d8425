"""Reads of the account archive, split by what is asked; each takes the viewer and stays inside their scope."""
