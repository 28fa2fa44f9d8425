"""The optimiser: resource-constrained schedules by genetic search and OR-Tools' CP-SAT together.

The only package that knows ortools, imported when a search needs it, because that alone takes over a second.
"""
