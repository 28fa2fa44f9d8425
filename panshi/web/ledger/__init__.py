"""Pages of the ledger: batches and the import wizard."""
