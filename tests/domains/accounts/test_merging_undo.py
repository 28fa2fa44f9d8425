"""Merges in group trees and chains, and taking them back: in which order, by whom, until when."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest

from panshi.domains.accounts import services
from panshi.domains.accounts.models import (
    Account,
    Merge,
)
from panshi.domains.accounts.reports import merged_ids, successor
from panshi.domains.ledger.reports import merged_accounts
from panshi.domains.people.models import Contact
from panshi.domains.people.services import log_contact
from panshi.ground.audit.models import Event
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.work.models import Job
from tests.factories.accounts import make_account
from tests.factories.merging import decide, everything, fresh, open_pair, undo
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(company: Company) -> tuple[Account, Account]:
    return open_pair(company)


@pytest.fixture
def merge(company: Company) -> Callable[..., Merge]:
    return partial(decide, company)


class TestGroups:
    """The tree stays a tree, whichever way the two stand to each other."""

    @pytest.fixture
    def line(self, company: Company, at: dt.datetime) -> list[Account]:
        """Four accounts below each other."""
        found: list[Account] = []
        for number in range(4):
            account = make_account(f"第{number}层", owner=company.owner, unit=company.units.east_one)
            if found:
                services.place_in_group(account=account, parent=found[-1], by=company.viewer("owner"), at=at)
            found.append(account)
        services.rebuild_accounts()
        return found

    def shape(self) -> dict[str, tuple[str | None, str | None]]:
        rows = Account.objects.values_list("name", "parent__name", "group__name")
        return {name: (parent, group) for name, parent, group in rows}

    @pytest.mark.parametrize(("winner", "loser"), [(a, b) for a in range(4) for b in range(4) if a != b])
    def test_no_circle_and_back_again(
        self,
        line: list[Account],
        company: Company,
        merge: Callable[..., Merge],
        at: dt.datetime,
        winner: int,
        loser: int,
    ) -> None:
        before = everything()
        made = merge(line[winner], line[loser])
        rest = [account for place, account in enumerate(line) if place != loser]
        groups = set(Account.objects.filter(merged_into=None).values_list("group_id", flat=True))
        assert len(groups) == 1
        for account in rest:
            seen, parent = {account.pk}, fresh(account).parent_id
            while parent is not None:
                assert parent not in seen
                seen.add(parent)
                parent = Account.objects.get(pk=parent).parent_id
        assert (fresh(line[loser]).parent_id, fresh(line[loser]).group_id) == (None, None)
        undo(company, made, at)
        assert everything() == before

    def test_a_winner_from_below_takes_the_losers_place(
        self, line: list[Account], merge: Callable[..., Merge]
    ) -> None:
        merge(line[3], line[1])
        assert self.shape() == {
            "第0层": (None, "第0层"),
            "第1层": (None, None),
            "第2层": ("第3层", "第0层"),
            "第3层": ("第0层", "第0层"),
        }

    def test_the_tree_was_rebuilt_since(
        self, line: list[Account], company: Company, merge: Callable[..., Merge], at: dt.datetime
    ) -> None:
        made = merge(line[0], line[2])  # 第3层 hangs under 第0层 now, 第2层 under nothing
        by = company.viewer("owner")
        services.place_in_group(account=line[1], parent=None, by=by, at=at)
        services.place_in_group(account=line[1], parent=line[3], by=by, at=at)
        undone = undo(company, made, at)
        assert len(undone.left) == 1
        assert fresh(line[2]).parent_id is None
        assert fresh(line[3]).parent_id == line[2].pk
        assert fresh(line[1]).parent_id == line[3].pk


class TestChains:
    """A into B, then B into C: reads know all of them; taking back goes in the order of the last first."""

    def test_order_of_undoing(
        self, company: Company, pair: tuple[Account, Account], merge: Callable[..., Merge], at: dt.datetime
    ) -> None:
        winner, loser = pair
        top = make_account("总公司", owner=company.owner, unit=company.units.east_one)
        services.rebuild_accounts()
        before = everything()
        first = merge(winner, loser)
        between = everything()
        second = merge(top, winner)
        assert sorted(merged_ids(top.pk)) == sorted([top.pk, winner.pk, loser.pk])
        assert merged_accounts() == {winner.pk: top.pk, loser.pk: top.pk}
        viewer = company.viewer("owner")
        assert successor(loser.pk, viewer=viewer) == top
        assert successor(loser.pk, viewer=company.viewer("outsider")) is None
        assert set(Contact.objects.values_list("account_id", flat=True)) == {top.pk}
        with pytest.raises(services.CannotUndoMerge, match="先撤销"):
            undo(company, first, at)
        undo(company, second, at)
        assert everything() == between
        undo(company, first, at)
        assert everything() == before

    def test_two_losers_of_one_winner_in_any_order(
        self, company: Company, pair: tuple[Account, Account], merge: Callable[..., Merge], at: dt.datetime
    ) -> None:
        winner, loser = pair
        other = make_account("另一家", owner=company.owner, unit=company.units.east_one, website="x.cn")
        first, second = merge(winner, other), merge(winner, loser)
        undo(company, first, at)
        assert set(merged_ids(winner.pk)) == {winner.pk, loser.pk}
        undo(company, second, at)
        assert fresh(other).merged_into_id is fresh(loser).merged_into_id is None


class TestUndoing:
    """Who may, until when, and only once."""

    def test_refusals(
        self, company: Company, pair: tuple[Account, Account], merge: Callable[..., Merge], at: dt.datetime
    ) -> None:
        made = merge(*pair)
        for who in ("owner", "outsider", "rival", "compliance"):
            with pytest.raises(NotAllowed):
                undo(company, made, at, who)
        with pytest.raises(services.CannotUndoMerge, match="30 天"):
            undo(company, made, at + dt.timedelta(days=31))
        assert Merge.objects.standing().exists()
        undo(company, made, at + dt.timedelta(days=30))
        with pytest.raises(services.CannotUndoMerge, match="已经撤销"):
            undo(company, made, at)
        assert Event.objects.filter(kind="accounts.merge_reverted").count() == 2

    def test_a_later_touch_counts(
        self, company: Company, pair: tuple[Account, Account], merge: Callable[..., Merge], at: dt.datetime
    ) -> None:
        winner, loser = pair
        made = merge(winner, loser)
        later = at + dt.timedelta(days=2)
        log_contact(account=winner, text="又谈", by=company.viewer("owner"), at=later)
        undo(company, made, later)
        assert fresh(winner).last_contact_on == later.date()
        assert fresh(loser).last_contact_on == at.date()

    def test_sales_pushed_since_are_asked_for_anew(
        self, company: Company, pair: tuple[Account, Account], merge: Callable[..., Merge], at: dt.datetime
    ) -> None:
        winner, loser = pair
        made = merge(winner, loser)
        figure = services.SalesFigures(winner.pk, Decimal(900), Decimal(0), dt.date(2026, 11, 20))
        services.record_sales(
            figures=[figure], source="ledger:9", as_of=at.date(), by=company.viewer("operations"), at=at
        )
        undone = undo(company, made, at)
        assert Job.objects.filter(kind="ledger.sales").count() == 1
        assert undone.left == []
