"""What every domain stands on: base, audit, identity, settings, work, search."""
