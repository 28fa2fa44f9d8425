"""The audit trail: every business fact that was recorded, who did it, and whether the record is still whole."""
