"""What can go wrong with a foreign table or the ledger store, as typed errors with a stable code.

The code is what pages translate; the English message is what the command line prints.
"""


class UnreadableTable(Exception):
    """A file that is no table we can read: `code` is empty, not_a_table, encoding, too_large or missing_column."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class StoreUnavailable(Exception):
    """The ledger store could not be read or written (disk full, read-only, damaged); its old state is intact."""
