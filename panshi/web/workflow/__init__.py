"""Pages of processes: inbox, requests, definitions."""
