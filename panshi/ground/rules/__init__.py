"""Decision tables: edited in a grid, tested before publishing, versioned; consulted by the domains above."""
