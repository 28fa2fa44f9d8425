"""What needs an approval cannot be had by any other way: bulk act, import, form, API or another service."""

import ast
import datetime as dt
from pathlib import Path

import pytest

import panshi
from panshi.domains.accounts.models import Account, ClassMembership
from panshi.domains.accounts.models.fields import EDITABLE_FIELDS
from panshi.domains.accounts.services import CannotChangeProtected, assign_owner
from panshi.domains.accounts.services.assigning import assign_many
from tests.factories.accounts import make_account
from tests.factories.organisation import AT, Company

ROOT = Path(panshi.__file__).parent
UNDER_APPROVAL = {"owner", "owner_id", "is_key", "merged_into", "merged_into_id", "protected_until_on"}
DECISIONS = "domains/accounts/decisions/"


def callers(*names: str) -> set[str]:
    """The modules that call one of these, by the end of the call's dotted name."""
    found = set()
    for path in ROOT.rglob("*.py"):
        module = str(path.relative_to(ROOT))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
                found.add(module)
    return found


def test_forms_import_and_api_write_no_field_that_needs_an_approval() -> None:
    assert not UNDER_APPROVAL & set(EDITABLE_FIELDS)


def test_classes_are_entered_and_left_by_the_decision_alone() -> None:
    written = callers("ClassMembership", "ClassMembership.objects.create")
    assert {module for module in written if "migrations" not in module} == {f"{DECISIONS}classes.py"}


def test_decisions_are_called_by_bindings_alone() -> None:
    names = ("change_classes", "change_owner", "change_owners", "merge_accounts", "grant_pool_exception")
    assert all(module.startswith(("workflow/bindings/", DECISIONS)) for module in callers(*names))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "bound", [{"is_key": True}, {"protected_until_on": AT.date() + dt.timedelta(days=9)}], ids=str
)
def test_protected_accounts_keep_their_owner(company: Company, bound: dict[str, object]) -> None:
    account = make_account(owner=company.owner, unit=company.units.east_one, **bound)
    for name in ("director", "operations"):
        viewer = company.viewer(name)
        for owner in (company.colleague, None):
            with pytest.raises(CannotChangeProtected):
                assign_owner(account=account, owner=owner, by=viewer, at=AT)
            moves = assign_many(keys=[account.pk], owner=owner, by=viewer, at=AT)
            assert (moves.moves, set(moves.refused)) == ((), {account.pk})
    stored = Account.objects.get(pk=account.pk)
    assert (stored.owner_id, stored.version) == (company.owner.pk, account.version)
    assert not ClassMembership.objects.exists()
