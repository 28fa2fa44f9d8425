"""The generic pages every room of the web face is made of: one list, one record, one form, one confirmation.

A room declares what is its own as data (columns, filters, fields); how it behaves is written here once.
"""
