"""The clock: what runs without a person waiting."""
