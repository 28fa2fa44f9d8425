"""The column of tokens: a tsvector on PostgreSQL, words on SQLite, where a full-text table mirrors them.

Every token begins with the sign of its record's kind, so that the index keeps the kinds apart.
"""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from panshi.calc.bigrams import GAP


class TokensField(models.Field):  # type: ignore[type-arg]
    """Tokens in order; written, matched, never read back."""

    def get_internal_type(self) -> str:
        """Text to Django, so that bulk inserts go through UNNEST."""
        return "TextField"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """The engine's type."""
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(
        self, value: Sequence[str], connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        """Tokens as the engine reads them. They are alphanumeric but for their first sign: nothing to quote."""
        if connection.vendor == "postgresql":
            return " ".join([f"'{word}':{at}" for at, word in enumerate(value, 1) if word[1:] != GAP])
        return " ".join(value)
