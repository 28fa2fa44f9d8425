"""Processes, approvals and the inbox: drawn, run, versioned; the only caller of the domains' decisions."""
