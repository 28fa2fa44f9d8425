"""Two people merge the same accounts into each other at the same moment: one of them is told, nothing is half done."""

import threading

import pytest
from django.db import connection

from panshi.domains.accounts.decisions import CannotMerge
from panshi.domains.accounts.models import Account, Merge
from tests.factories.merging import decide, open_pair
from tests.factories.organisation import make_company

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite",
        reason="writers are alone on SQLite, and tests share one connection there",
    ),
]


def test_only_one_direction_wins() -> None:
    company = make_company()
    first, second = open_pair(company)
    refused: list[str] = []
    start = threading.Barrier(2)

    def run(winner: Account, loser: Account) -> None:
        try:
            start.wait(timeout=10)
            decide(company, winner, loser)
        except CannotMerge as refusal:
            refused.append(refusal.message)
        finally:
            connection.close()

    pairs = ((first, second), (second, first))
    threads = [threading.Thread(target=run, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(refused) == 1
    assert "已并入" in refused[0]
    assert Merge.objects.count() == Account.objects.exclude(merged_into=None).count() == 1
