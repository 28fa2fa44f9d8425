"""Scheduling mathematics: plans as values, networks, calendars, critical paths. Pure functions, no I/O.

Begin with `model.Plan` and `cpm.schedule`.
"""
