"""Merging accounts: every model whose rows could collide says what becomes of them, and what is said can be done."""

import pytest
from django.apps import apps
from django.db import models

from panshi.domains.accounts.models.references import Reference, references, stated
from panshi.ground.base.merging import MergeRule

REFERENCES = references()


def name(reference: Reference) -> str:
    return f"{reference.table}.{reference.field}"


def test_they_are_found() -> None:
    found = {name(reference) for reference in REFERENCES}
    assert {"people.Contact.account", "ledger.AccountMonth.account", "search.Entry.account_id"} <= found


@pytest.mark.parametrize("reference", REFERENCES, ids=name)
def test_what_could_collide_has_a_rule(reference: Reference) -> None:
    """A key inside a unique constraint may not simply be re-pointed: say `on_merge` beside the columns."""
    if not list(reference.uniques()):
        return
    assert reference.field in stated(reference.model), f"{name(reference)} is unique and states no rule"
    rule = reference.rule
    assert rule.rule is not MergeRule.MOVE or rule.changes, f"{name(reference)} moves into a collision"


@pytest.mark.parametrize("reference", REFERENCES, ids=name)
def test_rules_name_real_columns(reference: Reference) -> None:
    for column in reference.rule.changes:
        reference.model._meta.get_field(column)
    for field in reference.rule.per:
        reference.model._meta.get_field(field)
    for condition in (reference.rule.where, reference.rule.only):
        if condition is not None:
            str(reference.model._base_manager.filter(condition).query)


def test_every_rule_belongs_to_a_column() -> None:
    """A rule for a field that is gone, or that does not hold an account, would silently do nothing."""
    known = {(reference.model, reference.field) for reference in REFERENCES}
    for model in apps.get_models():
        for field in stated(model):
            assert (model, field) in known, f"{model._meta.label} states a rule for {field}"


def test_no_expression_hides_a_key_from_the_rules() -> None:
    """Unique constraints over expressions cannot be compared before rows move."""
    for reference in REFERENCES:
        for constraint in reference.model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and constraint.expressions:
                assert reference.rule.rule is MergeRule.STAY, f"{name(reference)}: {constraint.name}"
