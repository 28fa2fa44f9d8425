"""Records for tests: a small company, people of each reach, accounts. Plain functions over the real services."""
