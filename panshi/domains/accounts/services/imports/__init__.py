"""Importing accounts: take in a file, settle how it is read, apply it in one transaction."""
