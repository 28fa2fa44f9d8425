"""Bedrock: pure calculation. No Django, no database, no clock, no input or output."""
