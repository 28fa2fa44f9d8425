"""What a list gains at run time: columns and filters that people defined, filled with one question a page."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.db.models import Q
from django.test import Client
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.web.accounts.tables import ACCOUNTS
from panshi.web.generic.columns import Column
from panshi.web.generic.extras import Extra
from panshi.web.generic.filters import Case, CaseFilter
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Person], Client]


@pytest.fixture
def questions() -> Iterator[list[tuple[Sequence[int], Sequence[str]]]]:
    """The accounts list with a column and a filter of somebody's own; answers what was asked of the values."""
    asked: list[tuple[Sequence[int], Sequence[str]]] = []

    def fill(keys: Sequence[int], reads: Sequence[str]) -> dict[int, dict[str, Any]]:
        asked.append((keys, reads))
        return {key: {"custom.1": f"值{key}"} for key in keys[:1]}

    def extra(viewer: Viewer) -> Extra:
        return Extra(
            columns=(Column(name="custom.1", label=_("地区"), reads=("custom.1",), filled=True),),
            filters=(
                CaseFilter(
                    name="custom.2",
                    label=_("地区"),
                    cases=(Case("x", _("升级"), lambda asking: Q(code="X")),),
                ),
            ),
            fill=fill,
        )

    before = ACCOUNTS.extra
    object.__setattr__(ACCOUNTS, "extra", extra)
    yield asked
    object.__setattr__(ACCOUNTS, "extra", before)


def test_filled_columns_are_asked_for_once_a_page(
    company: Company, signed_in: SignedIn, questions: list[Any]
) -> None:
    first = make_account("甲机械", owner=company.owner, unit=company.units.east_one)
    make_account("乙机械", owner=company.owner, unit=company.units.east_one)
    text = signed_in(company.owner).get("/accounts/").content.decode()
    assert f"值{first.pk}" in text
    assert [list(reads) for _keys, reads in questions] == [["custom.1"]]
    assert len(questions[0][0]) == 2


def test_filled_columns_stand_in_exports(company: Company, signed_in: SignedIn, questions: list[Any]) -> None:
    first = make_account("甲机械", owner=company.owner, unit=company.units.east_one)
    answer: Any = signed_in(company.owner).get("/accounts/export/?format=csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert f"值{first.pk}" in rows[1]


def test_a_filter_gained_at_run_time_narrows_the_rows(
    company: Company, signed_in: SignedIn, questions: list[Any]
) -> None:
    make_account("甲机械", code="X", owner=company.owner, unit=company.units.east_one)
    make_account("乙机械", owner=company.owner, unit=company.units.east_one)
    text = signed_in(company.owner).get("/accounts/?custom.2=x").content.decode()
    assert "甲机械" in text
    assert "乙机械" not in text
