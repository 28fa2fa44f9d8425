"""Taking back a bulk claim, assignment or return: as before, for half an hour, and never over what happened since."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import pytest

from panshi.domains.accounts.models import Account, Claim, OpenMatter, Pool, PoolEntry, TeamMember
from panshi.domains.accounts.reports.pools.allowances import allowances
from panshi.domains.accounts.services import open_matter, pools
from panshi.domains.accounts.services.pools.shelf import Outcome
from panshi.ground.audit.models import Event
from panshi.ground.identity.models import Person
from panshi.ground.notices.models import Notice
from tests.factories.accounts import make_account
from tests.factories.organisation import SYSTEM, Company
from tests.factories.pools import make_lying, make_pool

pytestmark = pytest.mark.django_db
SOON, LATE = dt.timedelta(minutes=20), dt.timedelta(minutes=31)


@pytest.fixture
def pool(company: Company) -> Pool:
    return make_pool(
        company.units.east, contact_days=7, protected_days=30, cooling_days=30, daily_limit=5, held_limit=9
    )


def kept(outcomes: list[Outcome]) -> dict[int, Mapping[str, Any]]:
    return {each.account_id: each.kept for each in outcomes if each.done}


def said(outcomes: list[Outcome]) -> list[str]:
    return [each.message for each in outcomes]


class TestClaims:
    """Undoing a claim or an assignment."""

    def test_the_stay_goes_on_as_if_nobody_had_claimed(
        self, company: Company, pool: Pool, at: dt.datetime
    ) -> None:
        account = make_lying(pool, unit=company.units.east_two, was=company.colleague)
        stay, me = PoolEntry.objects.get(account=account), company.viewer("owner")
        done = pools.claim_accounts(account_ids=[account.pk], by=me, at=at)
        assert said(pools.undo_takings(kept=kept(done), by=me, at=at + SOON)) == [""]
        account.refresh_from_db()
        assert (account.owner_id, account.unit_id, account.pool_id) == (
            None,
            company.units.east_two.pk,
            pool.pk,
        )
        assert account.protected_until_on < at.date()
        now = PoolEntry.objects.get()
        assert (now.pk, now.left_at, now.from_person_id) == (stay.pk, None, company.colleague.pk)
        assert Event.objects.filter(kind="accounts.claim_reverted", account_id=account.pk).count() == 1

    def test_it_frees_what_may_be_held_and_still_counts_for_the_day(
        self, company: Company, pool: Pool, at: dt.datetime
    ) -> None:
        me = company.viewer("owner")
        done = pools.claim_accounts(account_ids=[make_lying(pool).pk], by=me, at=at)
        pools.undo_takings(kept=kept(done), by=me, at=at + SOON)
        allowed = allowances(company.owner.pk, [pool], on=at.date())[pool.pk]
        assert (allowed.held, allowed.today) == (0, 1)
        pools.claim_account(account=Account.objects.get(), by=me, at=at + SOON)  # no cooling time either

    def test_half_an_hour_later_it_stays(self, company: Company, pool: Pool, at: dt.datetime) -> None:
        me = company.viewer("owner")
        done = pools.claim_accounts(account_ids=[make_lying(pool).pk], by=me, at=at)
        assert "30 分钟" in said(pools.undo_takings(kept=kept(done), by=me, at=at + LATE))[0]
        assert Account.objects.get().owner_id == company.owner.pk

    def test_what_happened_since_is_left_alone(self, company: Company, pool: Pool, at: dt.datetime) -> None:
        me = company.viewer("owner")
        edited, busy, given, plain = (make_lying(pool) for _number in range(4))
        done = pools.claim_accounts(account_ids=[edited.pk, busy.pk, given.pk, plain.pk], by=me, at=at)
        Account.objects.filter(pk=edited.pk).update(version=99)
        open_matter(account=busy, kind="pursuit", source="pursuit", source_id=1, by=SYSTEM, at=at)
        Account.objects.filter(pk=given.pk).update(owner=company.colleague)
        back = {
            each.account_id: each.message for each in pools.undo_takings(kept=kept(done), by=me, at=at + SOON)
        }
        assert "变更过" in back[edited.pk]
        assert "开始跟进" in back[busy.pk]
        assert company.colleague.name in back[given.pk]
        assert back[plain.pk] == ""
        assert Claim.objects.standing().count() == 3
        assert OpenMatter.objects.standing().exists()

    def test_nobody_undoes_the_claim_of_another(self, company: Company, pool: Pool, at: dt.datetime) -> None:
        done = pools.claim_accounts(account_ids=[make_lying(pool).pk], by=company.viewer("owner"), at=at)
        for name in ("colleague", "director"):
            back = pools.undo_takings(kept=kept(done), by=company.viewer(name), at=at)
            assert company.owner.name in back[0].message

    def test_a_leader_takes_an_assignment_back_and_the_person_is_told(
        self, company: Company, pool: Pool, at: dt.datetime
    ) -> None:
        accounts = [make_lying(pool).pk for _number in range(2)]
        leader = company.viewer("supervisor")
        done = pools.assign_accounts(account_ids=accounts, person=company.owner, by=leader, at=at)
        pools.undo_takings(kept=kept(done), by=leader, at=at + SOON)
        assert Account.objects.filter(owner=None, pool=pool).count() == 2
        notice = Notice.objects.get(person=company.owner, kind="accounts.pool_assigning_undone")
        assert json.loads(notice.values)["count"] == 2


class TestReturns:
    """Undoing a return."""

    @pytest.fixture
    def account(self, company: Company, pool: Pool, at: dt.datetime) -> Account:
        """Claimed, with a team and a plan."""
        made = make_lying(pool, unit=company.units.east_one)
        pools.claim_account(account=made, by=company.viewer("owner"), at=at - dt.timedelta(days=3))
        Account.objects.filter(pk=made.pk).update(
            next_contact_on=dt.date(2026, 12, 1), next_contact_note="电话"
        )
        TeamMember.objects.create(
            account=made, person=company.teammate, role="service_support", since_on=dt.date(2026, 3, 1)
        )
        made.refresh_from_db()
        return made

    def give_back(self, company: Company, account: Account, at: dt.datetime) -> dict[int, Mapping[str, Any]]:
        done = pools.return_accounts(
            account_ids=[account.pk], reason="点错了", by=company.viewer("owner"), at=at
        )
        assert Account.objects.get(pk=account.pk).owner_id is None
        return kept(done)

    def test_owner_team_plan_and_claim_are_as_before(
        self, company: Company, account: Account, at: dt.datetime
    ) -> None:
        was = self.give_back(company, account, at)
        assert said(pools.undo_returns(kept=was, by=company.viewer("owner"), at=at + SOON)) == [""]
        now = Account.objects.get(pk=account.pk)
        for name in ("owner_id", "unit_id", "pool_id", "owner_since_on", "protected_until_on"):
            assert getattr(now, name) == getattr(account, name), name
        assert (now.next_contact_on, now.next_contact_note) == (dt.date(2026, 12, 1), "电话")
        member = TeamMember.objects.get()
        assert (member.person_id, member.since_on) == (company.teammate.pk, dt.date(2026, 3, 1))
        assert Claim.objects.standing().get().contact_by_on is not None
        assert not PoolEntry.objects.standing().exists()
        kinds = Event.objects.filter(account_id=account.pk).order_by("-pk").values_list("kind", flat=True)
        assert {"accounts.pooling_reverted", "accounts.member_added"} == set(kinds[:2])

    def test_whoever_claimed_it_meanwhile_keeps_it(
        self, company: Company, account: Account, at: dt.datetime
    ) -> None:
        was = self.give_back(company, account, at)
        pools.claim_account(account=account, by=company.viewer("colleague"), at=at)
        back = pools.undo_returns(kept=was, by=company.viewer("owner"), at=at + SOON)
        assert company.colleague.name in back[0].message
        assert Account.objects.get(pk=account.pk).owner_id == company.colleague.pk

    def test_late_full_or_gone(self, company: Company, pool: Pool, account: Account, at: dt.datetime) -> None:
        was, me = self.give_back(company, account, at), company.viewer("owner")
        assert "30 分钟" in said(pools.undo_returns(kept=was, by=me, at=at + LATE))[0]
        Pool.objects.filter(pk=pool.pk).update(held_limit=1)
        pools.claim_account(account=make_lying(pool), by=me, at=at)
        assert "持有上限" in said(pools.undo_returns(kept=was, by=me, at=at + SOON))[0]
        Person.objects.filter(pk=company.owner.pk).update(is_active=False)
        leader = company.viewer("supervisor")
        assert "停用" in said(pools.undo_returns(kept=was, by=leader, at=at + SOON))[0]

    def test_only_who_returned_it_or_leads_takes_it_back(
        self, company: Company, account: Account, at: dt.datetime
    ) -> None:
        was = self.give_back(company, account, at)
        back = pools.undo_returns(kept=was, by=company.viewer("colleague"), at=at)
        assert back[0].message
        assert Account.objects.get(pk=account.pk).owner_id is None

    def test_what_a_leader_laid_into_the_pool_comes_out_unowned(
        self, company: Company, pool: Pool, at: dt.datetime
    ) -> None:
        account = make_account(unit=company.units.east_one)
        leader = company.viewer("supervisor")
        done = pools.return_accounts(account_ids=[account.pk], reason="无人负责", by=leader, at=at)
        assert said(pools.undo_returns(kept=kept(done), by=leader, at=at)) == [""]
        account.refresh_from_db()
        assert (account.owner_id, account.pool_id) == (None, None)
