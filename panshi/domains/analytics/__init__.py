"""Analyses over the ledger: ABC classes and movement, stored by parameters, scope and ledger version."""
