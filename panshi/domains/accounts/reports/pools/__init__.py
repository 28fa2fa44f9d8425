"""Reads of the public pools: what each allows, what its rules would do and why, where an account stands."""
