"""Database fields that mean something in the business: money, and text ordered by bytes alike on both databases."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class MoneyField(models.DecimalField):  # type: ignore[type-arg]
    """An exact amount of `currency` with 2 places; never a float."""

    def __init__(self, *args: Any, currency: str = "CNY", **kwargs: Any) -> None:
        self.currency = currency
        kwargs["max_digits"] = 18
        kwargs["decimal_places"] = 2
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Keep migrations short: digits and places are fixed, the currency is part of the field."""
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        if self.currency != "CNY":
            kwargs["currency"] = self.currency
        return name, path, list(args), dict(kwargs)


class ByteOrderedField(models.CharField):  # type: ignore[type-arg]
    """Text compared byte by byte on both databases, so that pinyin sorts alike and prefixes use the index."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, str | None]:
        """Add the engine's name for byte order."""
        parameters: dict[str, Any] = dict(super().db_parameters(connection))
        parameters["collation"] = "C" if connection.vendor == "postgresql" else "BINARY"
        return parameters
