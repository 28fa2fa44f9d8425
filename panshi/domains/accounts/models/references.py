"""Every column of the house that holds the id of an account, found by introspection, with its rule for merges.

Models of rooms not built yet are found just so: a key by its relation, a plain column by the model's `on_merge`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from panshi.domains.accounts.models.account import Account
from panshi.ground.base.merging import MergeRule, OnMerge

ALL: Any = Q(pk__isnull=False)


@dataclass(frozen=True, slots=True)
class Reference:
    """One column that refers to accounts: `column` is its attribute (`account_id`), `field` its field's name."""

    model: type[models.Model]
    field: str
    column: str
    rule: OnMerge

    @property
    def table(self) -> str:
        """The model's label."""
        return self.model._meta.label

    def rows_of(self, account_id: int) -> "QuerySet[Any]":
        """The rows that refer to an account."""
        rows: QuerySet[Any] = self.model._base_manager.filter(**{self.column: account_id})
        return rows if self.rule.only is None else rows.filter(self.rule.only)

    def colliding(self, mover: int, host: int) -> "QuerySet[Any]":
        """The rows of `mover` that cannot stand with `host` because it has such a row already."""
        found = Q(pk__in=())
        for names, condition in self.uniques():
            theirs = self.rows_of(host).filter(condition, **{name: OuterRef(name) for name in names})
            found |= condition & Q(Exists(theirs))
        return self.rows_of(mover).filter(found)

    def uniques(self) -> Iterator[tuple[tuple[str, ...], Any]]:
        """The unique sets that include this column: the other fields, and the condition under which they hold."""
        meta = self.model._meta
        if self.rule.per:
            yield self.rule.per, ALL
        if cast(Any, meta.get_field(self.field)).unique:
            yield (), ALL
        for names in meta.unique_together:
            if self.field in names:
                yield tuple(name for name in names if name != self.field), ALL
        for constraint in meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and self.field in constraint.fields:
                others = tuple(name for name in constraint.fields if name != self.field)
                yield others, constraint.condition or ALL


@cache
def references() -> tuple[Reference, ...]:
    """All of them, in the order of their labels."""
    found = [*_keys(), *_columns()]
    return tuple(sorted(found, key=lambda one: (one.table, one.field)))


def movable() -> tuple[Reference, ...]:
    """Those whose rows follow to the winner."""
    return tuple(one for one in references() if one.rule.rule in (MergeRule.MOVE, MergeRule.KEEP_WINNERS))


def reference(table: str, column: str) -> Reference | None:
    """The reference of a stored label and column; None for a table that is gone."""
    return next((one for one in references() if (one.table, one.column) == (table, column)), None)


def stated(model: type[models.Model]) -> dict[str, OnMerge]:
    """What a model says of itself."""
    return dict(getattr(model, "on_merge", {}))


def _keys() -> Iterator[Reference]:
    for relation in Account._meta.get_fields(include_hidden=True):
        if (
            not relation.auto_created
            or relation.concrete
            or not (relation.one_to_many or relation.one_to_one)
        ):
            continue
        key: Any = cast(Any, relation).field
        rule = stated(key.model).get(key.name, OnMerge())
        yield Reference(key.model, key.name, key.attname, rule)


def _columns() -> Iterator[Reference]:
    for model in apps.get_models():
        for name, rule in stated(model).items():
            field = model._meta.get_field(name)
            if not field.is_relation:
                yield Reference(model, name, name, rule)
