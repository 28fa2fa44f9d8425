"""The group tree: any depth, no cycles, the root known to everybody below, sales rolled up inside the scope."""

import datetime as dt
from decimal import Decimal

import pytest

from panshi.domains.accounts import services
from panshi.domains.accounts.models import Account
from panshi.domains.accounts.reports import group_tree
from panshi.ground.audit.models import Event
from panshi.ground.base.refusals import NotAllowed, Stale
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def four(company: Company) -> list[Account]:
    """Four accounts of the owner, each with sales of ten times the one before."""
    return [
        make_account(
            f"磐石{letter}", owner=company.owner, unit=company.units.east_one, sales_12m=Decimal(10) ** place
        )
        for place, letter in enumerate("甲乙丙丁")
    ]


def place(company: Company, at: dt.datetime, child: Account, parent: Account | None) -> None:
    services.place_in_group(account=child, parent=parent, by=company.viewer("owner"), at=at)


def groups(accounts: list[Account]) -> list[int | None]:
    known = dict(Account.objects.values_list("pk", "group_id"))
    return [known[account.pk] for account in accounts]


def test_the_root_is_known_to_the_whole_subtree(
    company: Company, four: list[Account], at: dt.datetime
) -> None:
    a, b, c, d = four
    place(company, at, d, c)
    assert groups(four) == [None, None, c.pk, c.pk]
    place(company, at, b, a)
    place(company, at, c, b)
    assert groups(four) == [a.pk] * 4
    place(company, at, b, None)
    assert groups(four) == [None, b.pk, b.pk, b.pk]
    place(company, at, d, None)
    place(company, at, c, None)
    assert groups(four) == [None] * 4


def test_no_account_stands_under_itself_or_its_own(
    company: Company, four: list[Account], at: dt.datetime
) -> None:
    a, b, c, _d = four
    place(company, at, b, a)
    place(company, at, c, b)
    before = list(Account.objects.order_by("pk").values_list("parent_id", "group_id", "version"))
    events = Event.objects.count()
    for parent in (a, b, c):
        with pytest.raises(services.CannotPlaceInGroup) as refusal:
            place(company, at, a, parent)
        assert list(refusal.value.errors) == ["parent"]
    assert list(Account.objects.order_by("pk").values_list("parent_id", "group_id", "version")) == before
    assert Event.objects.count() == events


def test_a_stale_page_places_nothing(company: Company, four: list[Account], at: dt.datetime) -> None:
    with pytest.raises(Stale):
        services.place_in_group(
            account=four[1], parent=four[0], expected_version=7, by=company.viewer("owner"), at=at
        )
    assert groups(four) == [None] * 4


def test_one_hangs_only_what_one_may_edit_under_what_one_sees(
    company: Company, four: list[Account], at: dt.datetime
) -> None:
    foreign = make_account("南方钢铁", owner=company.outsider, unit=company.units.south_one)
    with pytest.raises(NotAllowed):
        place(company, at, four[0], foreign)
    with pytest.raises(NotAllowed):
        services.place_in_group(account=four[0], parent=four[1], by=company.viewer("outsider"), at=at)


def test_sales_roll_up_the_tree_inside_the_scope(
    company: Company, four: list[Account], at: dt.datetime
) -> None:
    a, b, c, d = four
    for child, parent in ((b, a), (c, b), (d, b)):
        place(company, at, child, parent)
    Account.objects.filter(pk=d.pk).update(owner=company.outsider, unit=company.units.south_one)
    a.refresh_from_db()
    everything = group_tree(a, viewer=company.viewer("general_manager"))
    assert [(node.name, node.depth, node.total_12m, node.below) for node in everything] == [
        ("磐石甲", 0, 1111, 3),
        ("磐石乙", 1, 1110, 2),
        ("磐石丙", 2, 100, 0),
        ("磐石丁", 2, 1000, 0),
    ]
    mine = group_tree(a, viewer=company.viewer("owner"))
    assert [(node.name, node.total_12m) for node in mine] == [
        ("磐石甲", 111),
        ("磐石乙", 110),
        ("磐石丙", 100),
    ]
    theirs = group_tree(a, viewer=company.viewer("outsider"))
    assert [(node.name, node.depth, node.total_12m) for node in theirs] == [("磐石丁", 0, 1000)]


def test_an_account_alone_has_no_tree(company: Company, four: list[Account]) -> None:
    assert group_tree(four[0], viewer=company.viewer("owner")) == []


def test_a_tree_may_be_deeper_than_the_stack(company: Company, at: dt.datetime) -> None:
    top = make_account("根", owner=company.owner, unit=company.units.east_one)
    Account.objects.filter(pk=top.pk).update(group=top)
    parent = top
    for _ in range(1100):
        parent = make_account(owner=company.owner, unit=company.units.east_one, parent=parent, group=top)
    top.refresh_from_db()
    assert group_tree(top, viewer=company.viewer("owner"))[-1].depth == 1100
