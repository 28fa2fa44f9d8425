"""Background work: jobs with lease, progress, cancel and retry. The table is the truth, the queue carries only ids."""
