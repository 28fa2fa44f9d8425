"""Business events: the one append-only table that is audit trail, timeline and outbox, sealed by a chain of HMACs."""
