"""One search box: bigram tokens in one table, found alike on SQLite and PostgreSQL, only what the person may see."""
