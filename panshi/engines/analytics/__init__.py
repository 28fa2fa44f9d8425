"""The analytical engine: reads foreign tables, keeps the ledger as a Delta table, answers questions over it.

The only package that knows DuckDB, Ibis, deltalake, pyarrow and calamine; each is imported by the module that uses
it, because `panshi abc` must start without the others.
"""
