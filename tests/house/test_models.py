"""Tables: every model declares its gate, keys point down, nothing happens behind a save."""

import ast

import pytest
from django.apps import apps
from django.db import models

from panshi.ground.base.gate import (
    AccountRoot,
    AccountScope,
    AdminOnly,
    Everyone,
    GatedModel,
    OwnRows,
    Parties,
    UnitScope,
)
from panshi.ground.identity.permissions import BY_CODE
from tests.house.sources import name, product, ranks, room, tree

MODELS = [model for model in apps.get_models() if model.__module__.startswith("panshi.")]
GATES = (AccountRoot, AccountScope, UnitScope, OwnRows, Parties, AdminOnly, Everyone)


def label(model: type[models.Model]) -> str:
    return model._meta.label


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_every_model_declares_its_own_gate(model: type[models.Model]) -> None:
    assert issubclass(model, GatedModel)
    assert "gate" in model.__dict__, f"{label(model)} declares no gate"
    assert isinstance(model.__dict__["gate"], GATES)


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_gates_name_real_permissions_and_fields(model: type[models.Model]) -> None:
    gate = model.__dict__["gate"]
    if gate.permission or not isinstance(gate, Everyone | OwnRows | Parties):
        assert gate.permission in BY_CODE
    for path in (getattr(gate, "path", ""), getattr(gate, "owner", "")):
        if path:
            found = model._meta.get_field(path.removesuffix("_id") if path not in fields(model) else path)
            assert found is not None


def fields(model: type[models.Model]) -> set[str]:
    return {field.name for field in model._meta.get_fields()}


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_a_row_that_hangs_from_an_account_is_guarded_by_it(model: type[models.Model]) -> None:
    """It hangs from the account if it cannot be without one; a key that may be empty only refers to it."""
    keys = [
        field
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model._meta.label == "accounts.Account"
        if not field.null
    ]
    if keys and not isinstance(model.__dict__["gate"], AccountRoot):
        assert isinstance(model.__dict__["gate"], AccountScope), f"{label(model)} hangs from an account"


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_keys_that_leave_a_room_point_down(model: type[models.Model]) -> None:
    here = room(model.__module__)
    for field in model._meta.get_fields():
        if not isinstance(field, models.ForeignKey | models.ManyToManyField):
            continue
        target = field.related_model.__module__
        assert target.startswith("panshi."), f"{label(model)}.{field.name} leaves the house"
        there = room(target)
        if there == here:
            continue
        assert ranks()[there] < ranks()[here], (
            f"{label(model)}.{field.name} points up, from {here} to {there}"
        )
        assert isinstance(field, models.ForeignKey), (
            f"{label(model)}.{field.name} crosses rooms without a model"
        )
        assert field.remote_field.on_delete is models.PROTECT, f"{label(model)}.{field.name} does not protect"
        assert field.remote_field.related_name == "+", f"{label(model)}.{field.name} opens a way up"


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_models_do_nothing_behind_the_scenes(model: type[models.Model]) -> None:
    for method in ("save", "delete", "save_base"):
        owner = next(base for base in model.__mro__ if method in base.__dict__)
        assert not owner.__module__.startswith("panshi."), f"{label(model)} overrides {method}()"
    assert not model._meta.ordering, f"{label(model)} orders every query"


def test_nothing_listens_to_signals() -> None:
    found = [
        f"{name(path)}:{node.lineno}"
        for path in product()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[-1] in {"signals", "dispatch"}
    ]
    assert not found


def test_sort_columns_are_never_null() -> None:
    """Keyset pages compare the key of the last row: a null would end them early.

    An index that ends in the primary key after one column serves a sorted list, so that column is a sort column.
    """
    found = [
        f"{label(model)}.{column}"
        for model in MODELS
        for index in model._meta.indexes
        if len(index.fields) > 1 and index.fields[-1].lstrip("-") == "id"
        for column in [index.fields[-2].lstrip("-")]
        if not model._meta.get_field(column).is_relation and model._meta.get_field(column).null
        if not column.endswith("_id")
    ]
    assert not found
