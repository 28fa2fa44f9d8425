"""Performance measured against public data and at the volumes other systems were measured with."""
