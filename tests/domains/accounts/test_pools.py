"""Public pools: who may claim how much, who had it before waits, leaders assign, owners return."""

import datetime as dt

import pytest

from panshi.domains.accounts import services
from panshi.domains.accounts.models import (
    Account,
    Claim,
    Pool,
    PoolEntry,
    PoolException,
    PoolWarning,
    TeamMember,
)
from panshi.domains.accounts.reports.pools.allowances import my_allowances
from panshi.domains.accounts.services import pools
from panshi.ground.audit.models import Event
from panshi.ground.base.models import NEVER, NOT_PLANNED
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.notices.models import Notice
from tests.factories.accounts import make_account
from tests.factories.organisation import Company
from tests.factories.pools import make_lying, make_pool

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def pool(company: Company) -> Pool:
    return make_pool(company.units.east, cooling_days=10, contact_days=5, protected_days=20)


def limit(pool: Pool, **limits: int) -> None:
    Pool.objects.filter(pk=pool.pk).update(**limits)


class TestClaiming:
    """A person takes an account for themselves."""

    def test_it_becomes_theirs_protected_and_with_a_duty(
        self, company: Company, pool: Pool, at: dt.datetime
    ) -> None:
        account = make_lying(pool, unit=company.units.east_two, was=company.colleague)
        claim = pools.claim_account(account=account, by=company.viewer("owner"), at=at)
        account.refresh_from_db()
        today = at.date()
        assert (account.owner_id, account.unit_id) == (company.owner.pk, company.units.east_one.pk)
        assert account.pool_id is None
        assert account.owner_since_on == today
        assert account.protected_until_on == today + 20 * DAY
        assert claim.contact_by_on == today + 5 * DAY
        entry = PoolEntry.objects.get(account=account)
        assert (entry.left_at, entry.taken_by_id) == (at, company.owner.pk)
        assert Event.objects.filter(kind="accounts.claimed", account_id=account.pk).count() == 1

    def test_before_it_only_the_shelf_is_seen_and_afterwards_everything(
        self, company: Company, pool: Pool, at: dt.datetime
    ) -> None:
        account = make_lying(pool, unit=company.units.east_two)
        viewer = company.viewer("owner")
        assert not Account.objects.visible_to(viewer).filter(pk=account.pk).exists()
        assert PoolEntry.objects.visible_to(viewer).get().account_id == account.pk
        pools.claim_account(account=account, by=viewer, at=at)
        assert Account.objects.visible_to(viewer).filter(pk=account.pk).exists()

    @pytest.mark.parametrize("name", ["outsider", "rival"])
    def test_a_pool_of_others_is_closed(
        self, company: Company, pool: Pool, at: dt.datetime, name: str
    ) -> None:
        account = make_lying(pool, unit=company.units.east_two)
        assert not PoolEntry.objects.visible_to(company.viewer(name)).exists()
        with pytest.raises(NotAllowed):
            pools.claim_account(account=account, by=company.viewer(name), at=at)
        assert not Claim.objects.exists()

    @pytest.mark.parametrize("name", ["teammate", "general_manager", "administrator", "newcomer"])
    def test_without_the_permission_nobody_claims(
        self, company: Company, pool: Pool, at: dt.datetime, name: str
    ) -> None:
        account = make_lying(pool, unit=company.units.east_two)
        assert not PoolEntry.objects.visible_to(company.viewer(name)).exists()
        with pytest.raises(NotAllowed):
            pools.claim_account(account=account, by=company.viewer(name), at=at)

    def test_the_second_is_told_who_has_it(self, company: Company, pool: Pool, at: dt.datetime) -> None:
        account = make_lying(pool, unit=company.units.east_two)
        pools.claim_account(account=account, by=company.viewer("owner"), at=at)
        with pytest.raises(pools.CannotClaim, match=company.owner.name):
            pools.claim_account(account=account, by=company.viewer("colleague"), at=at)
        account.refresh_from_db()
        assert account.owner_id == company.owner.pk

    def test_who_had_it_waits_until_it_has_cooled(
        self, company: Company, pool: Pool, at: dt.datetime
    ) -> None:
        account = make_lying(pool, unit=company.units.east_one, was=company.owner, at=at)
        viewer = company.viewer("owner")
        with pytest.raises(pools.CannotClaim, match=(at.date() + 10 * DAY).isoformat()):
            pools.claim_account(account=account, by=viewer, at=at + 9 * DAY)
        assert not Claim.objects.exists()
        pools.claim_account(account=account, by=viewer, at=at + 10 * DAY)

    def test_the_day_and_the_holding_are_bounded(self, company: Company, pool: Pool, at: dt.datetime) -> None:
        limit(pool, daily_limit=2, held_limit=3)
        keys = [make_lying(pool).pk for _number in range(5)]
        viewer = company.viewer("owner")
        first = pools.claim_accounts(account_ids=keys, by=viewer, at=at)
        assert [each.done for each in first] == [True, True, False, False, False]
        second = pools.claim_accounts(account_ids=keys[2:], by=viewer, at=at + DAY)
        assert [each.done for each in second] == [True, False, False]
        assert "3" in second[1].message
        assert Claim.objects.standing().filter(person=company.owner).count() == 3

    def test_a_returned_account_frees_the_holding_but_not_the_day(
        self, company: Company, pool: Pool, at: dt.datetime
    ) -> None:
        limit(pool, daily_limit=1, held_limit=1)
        one, two = make_lying(pool, unit=company.units.east_one), make_lying(pool)
        viewer = company.viewer("owner")
        pools.claim_account(account=one, by=viewer, at=at)
        one.refresh_from_db()
        pools.return_account(account=one, reason="不合适", by=viewer, at=at)
        with pytest.raises(pools.CannotClaim):
            pools.claim_account(account=two, by=viewer, at=at)
        pools.claim_account(account=two, by=viewer, at=at + DAY)

    def test_an_exception_widens_the_holding_for_its_time(
        self, company: Company, pool: Pool, at: dt.datetime
    ) -> None:
        limit(pool, held_limit=1)
        keys = [make_lying(pool).pk for _number in range(3)]
        PoolException.objects.create(
            person=company.owner,
            pool=pool,
            extra=1,
            until_on=at.date() + 5 * DAY,
            request_id=1,
            request_number="A1",
            granted_at=at,
        )
        viewer = company.viewer("owner")
        assert [e.done for e in pools.claim_accounts(account_ids=keys, by=viewer, at=at)] == [
            True,
            True,
            False,
        ]
        (allowance,) = my_allowances(viewer=viewer, on=at.date())
        assert (allowance.held, allowance.held_limit, allowance.left, allowance.lying) == (2, 2, 0, 1)
        (later,) = my_allowances(viewer=viewer, on=at.date() + 6 * DAY)
        assert (later.held_limit, later.left) == (1, 0)

    def test_a_closed_pool_gives_nothing(self, company: Company, pool: Pool, at: dt.datetime) -> None:
        account = make_lying(pool)
        limit(pool, active=False)
        with pytest.raises(pools.CannotClaim):
            pools.claim_account(account=account, by=company.viewer("owner"), at=at)


class TestAssigning:
    """A leader gives an account of the pool to one of theirs."""

    def test_the_person_is_told_and_no_day_is_counted(
        self, company: Company, pool: Pool, at: dt.datetime
    ) -> None:
        limit(pool, daily_limit=1)
        keys = [make_lying(pool, was=company.owner).pk for _number in range(2)]
        done = pools.assign_accounts(
            account_ids=keys, person=company.owner, reason="补位", by=company.viewer("director"), at=at
        )
        assert all(each.done for each in done)
        assert Notice.objects.filter(person=company.owner).count() == 1
        assert my_allowances(viewer=company.viewer("owner"), on=at.date())[0].left == 1

    def test_what_assigning_refuses(self, company: Company, pool: Pool, at: dt.datetime) -> None:
        limit(pool, held_limit=1)
        one, two = make_lying(pool), make_lying(pool)
        director = company.viewer("director")
        with pytest.raises(NotAllowed):
            pools.assign_account(account=one, person=company.owner, by=company.viewer("owner"), at=at)
        with pytest.raises(NotAllowed):
            pools.assign_account(account=one, person=company.owner, by=company.viewer("rival"), at=at)
        with pytest.raises(NotAllowed):
            pools.assign_account(account=one, person=company.outsider, by=director, at=at)
        with pytest.raises(pools.CannotClaim):
            pools.assign_account(account=one, person=company.newcomer, by=director, at=at)
        pools.assign_account(account=one, person=company.owner, by=director, at=at)
        with pytest.raises(pools.CannotClaim, match=company.owner.name):
            pools.assign_account(account=two, person=company.owner, by=director, at=at)
        two.refresh_from_db()
        assert two.owner_id is None
        assert two.pool_id == pool.pk


class TestReturning:
    """An account goes back: by its owner, or by a leader."""

    @pytest.fixture
    def account(self, company: Company, pool: Pool) -> Account:
        return make_account(
            owner=company.owner,
            unit=company.units.east_one,
            team=(company.teammate,),
            next_contact_on=dt.date(2026, 12, 1),
            next_contact_note="电话",
            owner_since_on=dt.date(2026, 1, 1),
        )

    def test_owner_and_team_end_the_rest_stays(
        self, company: Company, pool: Pool, account: Account, at: dt.datetime
    ) -> None:
        PoolWarning.objects.create(account=account, pool=pool, owner=company.owner, due_on=at.date())
        assert (
            pools.return_account(account=account, reason="转行了", by=company.viewer("owner"), at=at) == pool
        )
        account.refresh_from_db()
        assert (account.owner_id, account.pool_id, account.unit_id) == (
            None,
            pool.pk,
            company.units.east_one.pk,
        )
        assert (account.next_contact_on, account.owner_since_on) == (NOT_PLANNED, NEVER)
        assert not TeamMember.objects.filter(account=account).exists()
        assert not PoolWarning.objects.exists()
        entry = PoolEntry.objects.get(account=account)
        assert (entry.kind, entry.reason, entry.from_person_id) == ("returned", "转行了", company.owner.pk)
        kinds = set(Event.objects.filter(account_id=account.pk).values_list("kind", flat=True))
        assert {"accounts.pooled", "accounts.member_removed"} <= kinds

    def test_it_is_out_of_sight_for_the_team_but_not_for_leaders(
        self, company: Company, pool: Pool, account: Account, at: dt.datetime
    ) -> None:
        pools.return_account(account=account, reason="转行了", by=company.viewer("owner"), at=at)
        seen = {
            name
            for name in ("owner", "teammate", "colleague", "supervisor", "director", "outsider", "rival")
            if Account.objects.visible_to(company.viewer(name)).filter(pk=account.pk).exists()
        }
        assert seen == {"supervisor", "director"}

    def test_a_leader_returns_and_the_owner_is_told(
        self, company: Company, account: Account, at: dt.datetime
    ) -> None:
        pools.return_account(account=account, reason="无进展", by=company.viewer("supervisor"), at=at)
        notice = Notice.objects.get(person=company.owner)
        assert (notice.kind, notice.account_id) == ("accounts.pool_taken_back", account.pk)

    def test_what_returning_refuses(
        self, company: Company, pool: Pool, account: Account, at: dt.datetime
    ) -> None:
        owner, director = company.viewer("owner"), company.viewer("director")

        def refused(match: str, by: str = "owner", reason: str = "不做了") -> None:
            with pytest.raises(pools.CannotReturn, match=match):
                pools.return_account(account=account, reason=reason, by=company.viewer(by), at=at)

        refused("理由", reason=" ")
        for name in ("colleague", "teammate", "outsider"):
            with pytest.raises(NotAllowed):
                pools.return_account(account=account, reason="不做了", by=company.viewer(name), at=at)
        pools.mark_key(account=account, is_key=True, source="test", by=director, at=at)
        refused("重点客户")
        pools.mark_key(account=account, is_key=False, source="test", by=director, at=at)
        services.open_matter(account=account, kind="contract", source="c", source_id=1, by=owner, at=at)
        refused("未结事项")
        services.close_matter(source="c", source_id=1, by=owner, at=at)
        Account.objects.filter(pk=account.pk).update(protected_until_on=at.date())
        refused("保护", by="director")
        Account.objects.filter(pk=account.pk).update(unit=company.units.south_one)
        refused("没有为")
        assert not PoolEntry.objects.exists()
        Account.objects.filter(pk=account.pk).update(unit=company.units.east_one)
        pools.return_account(account=account, reason="不做了", by=owner, at=at)
        refused("已在公海", by="director")

    def test_the_nearest_pool_takes_it_unless_another_is_named(
        self, company: Company, pool: Pool, account: Account, at: dt.datetime
    ) -> None:
        near = make_pool(company.units.east_one, name="一组公海")
        other = make_pool(company.units.south, name="南区公海")
        with pytest.raises(pools.CannotReturn) as refusal:
            pools.return_account(
                account=account, reason="不做了", pool=other, by=company.viewer("owner"), at=at
            )
        assert "pool" in refusal.value.errors
        assert (
            pools.return_account(account=account, reason="不做了", by=company.viewer("owner"), at=at) == near
        )

    def test_several_at_once_each_say_what_became_of_them(
        self, company: Company, pool: Pool, account: Account, at: dt.datetime
    ) -> None:
        key = make_account(owner=company.owner, unit=company.units.east_one, is_key=True)
        theirs = make_account(owner=company.outsider, unit=company.units.south_one)
        done = pools.return_accounts(
            account_ids=[account.pk, key.pk, theirs.pk], reason="清理", by=company.viewer("owner"), at=at
        )
        assert [each.done for each in done] == [True, False, False]
        assert done[2].name == "", "the name of what one may not see stays unsaid"

    def test_an_unowned_account_is_placed_by_a_leader(
        self, company: Company, pool: Pool, at: dt.datetime
    ) -> None:
        account = make_account(unit=company.units.east_one)
        pools.return_account(account=account, reason="放入公海", by=company.viewer("director"), at=at)
        assert PoolEntry.objects.get(account=account).kind == "placed"


class TestOwnership:
    """Protected accounts change hands by request only."""

    def test_assigning_is_refused_for_protected_key_and_pooled(
        self, company: Company, pool: Pool, at: dt.datetime
    ) -> None:
        director = company.viewer("director")
        protected = make_account(
            owner=company.owner, unit=company.units.east_one, protected_until_on=at.date()
        )
        key = make_account(owner=company.owner, unit=company.units.east_one, is_key=True)
        lying = make_lying(pool, unit=company.units.east_one)
        for account in (protected, key, lying):
            with pytest.raises(services.CannotChangeProtected):
                services.assign_owner(account=account, owner=company.colleague, by=director, at=at)
            version = account.version
            account.refresh_from_db()
            assert account.version == version
        services.assign_owner(account=protected, owner=company.colleague, by=director, at=at + DAY)

    def test_a_new_owner_starts_anew(self, company: Company, pool: Pool, at: dt.datetime) -> None:
        account = make_lying(pool, unit=company.units.east_one)
        pools.claim_account(account=account, by=company.viewer("owner"), at=at)
        account.refresh_from_db()
        later = at + 30 * DAY
        services.assign_owner(
            account=account, owner=company.colleague, by=company.viewer("director"), at=later
        )
        account.refresh_from_db()
        assert (account.owner_since_on, account.protected_until_on) == (later.date(), NEVER)
        assert Claim.objects.get(account=account).ended_at == later

    def test_who_opens_an_account_has_it_from_that_day(self, company: Company, at: dt.datetime) -> None:
        account = services.create_account(
            values={"name": "新开客户有限公司"}, by=company.viewer("owner"), at=at
        )
        assert account.owner_since_on == at.date()
