"""What was decided about an unknown account is remembered for the next file of its source, and can be taken back."""

import datetime as dt
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from panshi.domains.ledger import services
from panshi.domains.ledger.models import UnknownAccount
from tests.domains.test_ledger_import import Rows, staged
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db(transaction=True)
ROWS: Rows = [
    ("Z1", "丙贸易商行", "D1", "2026-10-05", "泵", 2, 100),
    ("Z2", "丁五金店", "D2", "2026-10-05", "泵", 2, 50),
]


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> None:
    """A data folder of the test's own."""
    settings.DATA = tmp_path


def decisions(batch_id: int) -> dict[str, tuple[str, int | None, bool]]:
    rows = UnknownAccount.objects.filter(batch=batch_id)
    return {row.code: (row.decision, row.account_id, row.remembered) for row in rows}


def test_a_match_is_reused_for_the_source_alone_until_it_is_taken_back(
    company: Company, at: dt.datetime
) -> None:
    by = company.viewer("operations")
    ours = make_account("丙贸易有限公司", code="K1", owner=company.owner, unit=company.units.east_one)
    other = make_account("戊机械", code="K2", owner=company.owner, unit=company.units.east_one)
    first = staged(ROWS, by, at)
    assert decisions(first.pk) == {"Z1": ("", None, False), "Z2": ("", None, False)}
    services.match_unknown(unknown=first.unknown_accounts.get(code="Z1"), account=ours, by=by, at=at)
    services.leave_out(batch=first, by=by, at=at)

    second = staged(ROWS, by, at)
    assert decisions(second.pk) == {"Z1": ("matched", ours.pk, True), "Z2": ("", None, False)}
    assert decisions(staged(ROWS, by, at, source="CRM").pk)["Z1"] == ("", None, False)

    services.reopen_unknown(unknown=second.unknown_accounts.get(code="Z1"), by=by, at=at)
    assert decisions(second.pk)["Z1"] == ("", None, False)
    assert decisions(staged(ROWS, by, at).pk)["Z1"] == ("", None, False)

    services.match_unknown(unknown=second.unknown_accounts.get(code="Z1"), account=other, by=by, at=at)
    assert decisions(staged(ROWS, by, at).pk)["Z1"] == ("matched", other.pk, True)


def test_a_remembered_account_that_was_merged_stands_for_the_one_that_took_it_over(
    company: Company, at: dt.datetime
) -> None:
    by = company.viewer("operations")
    loser = make_account("丙贸易有限公司", code="K1", unit=company.units.east_one)
    winner = make_account("丙集团", code="K2", unit=company.units.east_one)
    first = staged(ROWS, by, at)
    services.match_unknown(unknown=first.unknown_accounts.get(code="Z1"), account=loser, by=by, at=at)
    loser.merged_into = winner
    loser.save()
    assert decisions(staged(ROWS, by, at).pk)["Z1"] == ("matched", winner.pk, True)
