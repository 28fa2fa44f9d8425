"""Tags: the same word however it is typed, kept through merging, put on many accounts at once and taken off again."""

import datetime as dt

import pytest

from panshi.domains.accounts.models import Account, AccountTag
from panshi.domains.accounts.reports.tags import offered_tags, tags_of
from panshi.domains.accounts.services.tags import (
    CannotTag,
    plan_tags,
    read_tags,
    set_tags,
    tag_accounts,
    untag_accounts,
)
from panshi.ground.audit.models import Change, Event
from panshi.ground.base.refusals import NotAllowed
from tests.factories.accounts import make_account
from tests.factories.merging import decide, open_pair, undo
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(company: Company) -> Account:
    return make_account("玄武岩有限公司", owner=company.owner, unit=company.units.east_one)


def borne(account: Account) -> list[str]:
    return list(AccountTag.objects.filter(account=account).order_by("pk").values_list("name", flat=True))


class TestOne:
    """The tags of one account."""

    def test_they_are_set_as_typed_and_told(
        self, company: Company, account: Account, at: dt.datetime
    ) -> None:
        me = company.viewer("owner")
        set_tags(account=account, text="标杆客户， 明年扩产、VIP", by=me, at=at)
        set_tags(
            account=account, text="标杆客户、ｖｉｐ", by=me, at=at
        )  # the full-width word is the same word
        assert borne(account) == ["标杆客户", "VIP"]
        assert tags_of(account.pk, viewer=me) == ["标杆客户", "VIP"]
        told = Change.objects.filter(event__kind="accounts.tagged").order_by("pk")
        assert [(each.before, each.after) for each in told] == [
            ("", "标杆客户、明年扩产、VIP"),
            ("标杆客户、明年扩产、VIP", "标杆客户、VIP"),
        ]

    def test_the_same_tags_again_are_no_event(
        self, company: Company, account: Account, at: dt.datetime
    ) -> None:
        for _again in range(2):
            set_tags(account=account, text="标杆客户", by=company.viewer("owner"), at=at)
        assert Event.objects.filter(kind="accounts.tagged").count() == 1

    def test_a_word_is_spelled_as_it_was_first(
        self, company: Company, account: Account, at: dt.datetime
    ) -> None:
        other = make_account(owner=company.owner, unit=company.units.east_one)
        me = company.viewer("owner")
        set_tags(account=account, text="VIP", by=me, at=at)
        set_tags(account=other, text="v i p", by=me, at=at)
        assert borne(other) == ["VIP"]
        assert offered_tags(viewer=me) == ["VIP"]

    @pytest.mark.parametrize("text", ["长" * 21, "、".join(f"标签{number}" for number in range(21))])
    def test_what_is_refused(self, company: Company, account: Account, at: dt.datetime, text: str) -> None:
        with pytest.raises(CannotTag):
            set_tags(account=account, text=text, by=company.viewer("owner"), at=at)
        assert not AccountTag.objects.exists()

    def test_nonsense_is_no_tag(self) -> None:
        assert read_tags(" ,，、\x00;\n　") == {}

    def test_who_may_not_edit_may_not_tag(self, company: Company, account: Account, at: dt.datetime) -> None:
        for name in ("outsider", "rival", "newcomer", "compliance"):
            with pytest.raises(NotAllowed):
                set_tags(account=account, text="标杆客户", by=company.viewer(name), at=at)
        assert not AccountTag.objects.exists()

    def test_nobody_learns_of_words_they_cannot_meet(
        self, company: Company, account: Account, at: dt.datetime
    ) -> None:
        set_tags(account=account, text="拟起诉", by=company.viewer("owner"), at=at)
        assert offered_tags(viewer=company.viewer("director")) == ["拟起诉"]
        assert offered_tags(viewer=company.viewer("outsider")) == []
        assert tags_of(account.pk, viewer=company.viewer("outsider")) == []


class TestMany:
    """Many at once, and back."""

    def test_on_off_and_undone(self, company: Company, account: Account, at: dt.datetime) -> None:
        me = company.viewer("owner")
        second = make_account(owner=company.owner, unit=company.units.east_one)
        foreign = make_account(owner=company.outsider, unit=company.units.south_one)
        set_tags(account=account, text="旧", by=me, at=at)
        set_tags(account=second, text="新", by=me, at=at)
        keys, add, remove = [account.pk, second.pk, foreign.pk], read_tags("新"), read_tags("旧")
        planned = plan_tags(keys=keys, add=add, remove=remove, by=me)
        assert (planned.changed, planned.unchanged) == ([account.pk], (second.pk,))
        assert list(planned.refused) == [foreign.pk]
        done = tag_accounts(keys=keys, add=add, remove=remove, by=me, at=at)
        assert (borne(account), borne(second), borne(foreign)) == (["新"], ["新"], [])
        untag_accounts(gained=done.gained, lost=done.lost, by=me, at=at)
        assert (borne(account), borne(second)) == (["旧"], ["新"])

    def test_undo_leaves_what_changed_since(
        self, company: Company, account: Account, at: dt.datetime
    ) -> None:
        me = company.viewer("owner")
        done = tag_accounts(keys=[account.pk], add=read_tags("新"), remove={}, by=me, at=at)
        set_tags(account=account, text="另一个", by=me, at=at)
        back = untag_accounts(gained=done.gained, lost=done.lost, by=me, at=at)
        assert "变更过" in back.refused[account.pk]
        assert borne(account) == ["另一个"]


def test_merging_joins_them_and_undoing_parts_them(company: Company) -> None:
    winner, loser = open_pair(company)
    for account, words in ((winner, ("共同", "甲")), (loser, ("共同", "乙"))):
        for word in words:
            AccountTag.objects.create(account=account, name=word, key=word)
    merge = decide(company, winner, loser)
    assert sorted(borne(winner)) == sorted(["共同", "甲", "乙"])
    undo(company, merge)
    assert (sorted(borne(winner)), sorted(borne(loser))) == (sorted(["共同", "甲"]), sorted(["共同", "乙"]))
