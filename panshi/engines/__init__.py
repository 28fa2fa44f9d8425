"""Wrapped third-party engines, one seam each. No Django models, no clock."""
