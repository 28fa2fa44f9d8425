"""Indexes of the account table: the busiest table carries none that another one makes needless."""

from typing import Any

import pytest
from django.db import connection, models

from panshi.domains.accounts.models import Account

pytestmark = pytest.mark.django_db


def test_no_index_of_the_account_table_is_the_beginning_of_another() -> None:
    with connection.cursor() as cursor:
        found: dict[str, dict[str, Any]] = connection.introspection.get_constraints(
            cursor, Account._meta.db_table
        )
    partial = {index.name for index in Account._meta.indexes if index.condition is not None}
    partial |= {
        one.name
        for one in Account._meta.constraints
        if isinstance(one, models.UniqueConstraint) and one.condition is not None
    }
    plain = [
        (name, tuple(one["columns"]))
        for name, one in found.items()
        if one["index"] and not one["unique"] and name not in partial and not name.endswith("_like")
    ]
    needless = [
        name
        for name, columns in plain
        for other, longer in plain
        if name != other and longer[: len(columns)] == columns
    ]
    assert needless == []
