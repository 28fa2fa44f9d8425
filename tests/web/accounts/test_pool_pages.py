"""The pages of the pools: what a claimer sees, claiming and assigning, giving back, settings and the rule editor."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from panshi.domains.accounts.models import Account, Claim, Pool, PoolChange, PoolRule, PoolWarning
from panshi.domains.people.models import Contact
from panshi.ground.identity.models import Person
from panshi.ground.work.models import Bulk
from tests.factories.accounts import make_account
from tests.factories.organisation import AT, Company
from tests.factories.pools import add_rule, make_lying, make_pool

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]
HTMX = {"HX-Request": "true", "HX-Target": "drawer-body"}
SECRETS = ("021-55554444", "隐名联系人", "秘密路 9 号", "PX-900900")


@pytest.fixture
def pool(company: Company) -> Pool:
    return make_pool(company.units.east, daily_limit=2, held_limit=9, contact_days=5)


@pytest.fixture
def account(company: Company, pool: Pool) -> Account:
    """An account in the pool with everything a claimer must not see."""
    made = make_lying(
        pool,
        "青石阀门有限公司",
        unit=company.units.east_two,
        was=company.colleague,
        phone=SECRETS[0],
        address=SECRETS[2],
        code=SECRETS[3],
        region="420100",
    )
    Contact.objects.create(account=made, name=SECRETS[1], created_at=AT, updated_at=AT)
    return made


def entry_of(account: Account) -> int:
    return int(account.pool_entries.get(left_at=None).pk)


def text(answer: object) -> str:
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]


class TestLooking:
    """Before an account is claimed only the shelf is open."""

    def test_a_claimer_sees_few_facts_and_no_secret(
        self, company: Company, account: Account, signed_in: Browser
    ) -> None:
        browser, key = signed_in(company.owner), entry_of(account)
        pages = (
            reverse("accounts:pools"),
            reverse("accounts:pool_entry", args=[key]),
            reverse("accounts:pool_claim", args=[key]),
            reverse("accounts:pools_export") + "?format=csv",
        )
        for address in pages:
            answer = browser.get(address)
            assert answer.status_code == 200, address
            said = b"".join(answer.streaming_content).decode() if answer.streaming else text(answer)
            assert account.name in said, address
            for secret in SECRETS:
                assert secret not in said, address
        assert browser.get(reverse("accounts:detail", args=[account.pk])).status_code == 404
        assert account.name not in text(browser.get(reverse("accounts:list")))

    def test_nobody_is_found_by_what_may_not_be_seen(
        self, company: Company, account: Account, signed_in: Browser
    ) -> None:
        browser, address = signed_in(company.owner), reverse("accounts:pools")
        assert account.name in text(browser.get(f"{address}?q=青石"))
        assert account.name in text(browser.get(f"{address}?q=qingshi"))
        for words in ("55554444", "PX-900900", "隐名"):
            assert account.name not in text(browser.get(f"{address}?q={words}"))

    @pytest.mark.parametrize(
        ("who", "status"),
        [("colleague", 200), ("supervisor", 200), ("director", 200), ("outsider", 404), ("rival", 404),
         ("teammate", 404), ("newcomer", 404)],
    )  # fmt: skip
    def test_the_entry_opens_to_those_who_may_claim(
        self, company: Company, account: Account, signed_in: Browser, who: str, status: int
    ) -> None:
        answer = signed_in(getattr(company, who)).get(
            reverse("accounts:pool_entry", args=[entry_of(account)])
        )
        assert answer.status_code == status

    def test_the_allowance_says_what_is_left(
        self, company: Company, account: Account, signed_in: Browser
    ) -> None:
        browser = signed_in(company.owner)
        address = reverse("accounts:pools_allowance")
        assert "0 / 2" in text(browser.get(address))
        browser.post(reverse("accounts:pool_claim", args=[entry_of(account)]))
        assert "1 / 2" in text(browser.get(address, headers=HTMX))


class TestTaking:
    """Claim and assign from the list."""

    def test_claiming_leads_to_the_record_and_the_second_reads_who_has_it(
        self, company: Company, account: Account, signed_in: Browser
    ) -> None:
        address = reverse("accounts:pool_claim", args=[entry_of(account)])
        answer = signed_in(company.owner).post(address)
        assert answer.status_code == 302
        assert answer["Location"] == reverse("accounts:detail", args=[account.pk])
        late = signed_in(company.colleague).post(address)
        assert late.status_code == 422
        assert f"已由 {company.owner.name} 负责" in text(late)

    def test_several_at_once_say_what_became_of_each(
        self, company: Company, account: Account, pool: Pool, signed_in: Browser
    ) -> None:
        accounts = [account, make_lying(pool, "赤铁矿业有限公司"), make_lying(pool, "白云石业有限公司")]
        browser = signed_in(company.owner)
        keys = [entry_of(each) for each in accounts]
        answer = browser.post(reverse("accounts:pools_bulk"), {"act": "claim", "pk": keys})
        act = answer["Location"]
        browser.post(act, {"confirmed": "1"})
        said = text(browser.get(act))
        assert Account.objects.filter(owner=company.owner).count() == 2
        assert "每人每天最多认领 2 家" in said
        assert "之前可以撤销" in said
        browser.post(act + "undo/")
        assert "这次操作已撤销" in text(browser.get(act))
        assert Account.objects.filter(owner=None, pool=pool).count() == 3

    def test_a_claim_is_offered_back_for_half_an_hour_only(
        self, company: Company, account: Account, signed_in: Browser
    ) -> None:
        browser = signed_in(company.owner)
        act = browser.post(reverse("accounts:pools_bulk"), {"act": "claim", "pk": [entry_of(account)]})[
            "Location"
        ]
        assert "30 分钟内可以撤销" in text(browser.post(act, {"preview": "1"}))
        browser.post(act, {"confirmed": "1"})
        late = timezone.now() - dt.timedelta(minutes=40)
        Bulk.objects.update(done_at=late)
        Claim.objects.update(at=late)
        assert "undo/" not in text(browser.get(act))
        browser.post(act + "undo/")
        account.refresh_from_db()
        assert account.owner_id == company.owner.pk
        assert "不能再撤销" in text(browser.get(act))

    def test_assigned_accounts_are_taken_back(
        self, company: Company, account: Account, pool: Pool, signed_in: Browser
    ) -> None:
        browser = signed_in(company.supervisor)
        act = browser.post(reverse("accounts:pools_bulk"), {"act": "assign", "pk": [entry_of(account)]})[
            "Location"
        ]
        browser.post(act, {"person": company.owner.pk, "confirmed": "1"})
        assert Account.objects.get().owner_id == company.owner.pk
        browser.post(act + "undo/")
        assert (Account.objects.get().owner_id, Account.objects.get().pool_id) == (None, pool.pk)

    def test_a_leader_assigns_and_a_manager_may_not(
        self, company: Company, account: Account, signed_in: Browser
    ) -> None:
        address = reverse("accounts:pool_assign", args=[entry_of(account)])
        assert signed_in(company.owner).post(address, {"person": company.owner.pk}).status_code == 403
        director = signed_in(company.director)
        assert director.post(address, {"person": company.outsider.pk}).status_code == 403
        answer = director.post(address, {"person": company.owner.pk}, headers=HTMX)
        assert answer.status_code == 204
        account.refresh_from_db()
        assert account.owner_id == company.owner.pk

    def test_an_owner_gives_back_with_a_reason(
        self, company: Company, pool: Pool, signed_in: Browser
    ) -> None:
        mine = make_account(owner=company.owner, unit=company.units.east_one)
        address = reverse("accounts:return", args=[mine.pk])
        browser = signed_in(company.owner)
        assert browser.post(address, {"reason": ""}).status_code == 422
        assert signed_in(company.outsider).post(address, {"reason": "x"}).status_code == 404
        answer = browser.post(address, {"reason": "不再采购"})
        assert answer["Location"] == reverse("accounts:list")
        mine.refresh_from_db()
        assert mine.pool_id == pool.pk


class TestWarnings:
    """What is about to return."""

    def test_owners_see_theirs_and_leaders_their_units(
        self, company: Company, pool: Pool, signed_in: Browser
    ) -> None:
        account = make_account("赭石电气有限公司", owner=company.owner, unit=company.units.east_one)
        row = PoolWarning.objects.create(
            account=account,
            pool=pool,
            owner=company.owner,
            due_on=AT.date(),
            reason="久未联系",
            why=[{"kind": "contact", "days": 30, "since": "2026-10-01"}],
        )
        address = reverse("accounts:pools_due")
        for who in ("owner", "supervisor", "director", "operations"):
            said = text(signed_in(getattr(company, who)).get(address))
            assert account.name in said, who
            assert "连续 30 天没有联系" in said
        for who in ("colleague", "outsider", "rival"):
            assert account.name not in text(signed_in(getattr(company, who)).get(address)), who
        opened = signed_in(company.owner).get(reverse("accounts:pool_warning", args=[row.pk]))
        assert opened["Location"] == reverse("accounts:detail", args=[account.pk])


class TestSettings:
    """Those who manage pools set them up; every change is told with who, when and why."""

    def test_a_pool_is_set_up_and_changed_with_a_reason(self, company: Company, signed_in: Browser) -> None:
        browser = signed_in(company.operations)
        sent = {
            "name": "南区公海",
            "units": [company.units.south.pk],
            "cooling_days": 7,
            "contact_days": 3,
            "protected_days": 30,
            "held_limit": 20,
            "reason": "设立",
        }
        assert browser.post(reverse("accounts:pool_create"), sent | {"reason": ""}).status_code == 422
        assert browser.post(reverse("accounts:pool_create"), sent).status_code == 302
        pool = Pool.objects.get()
        edit = reverse("accounts:pool_edit", args=[pool.pk])
        refused = browser.post(edit, sent | {"held_limit": 0, "units": [], "expected_version": 1})
        assert refused.status_code == 422
        changed = sent | {"held_limit": 50, "reason": "人手增加", "expected_version": pool.version}
        assert browser.post(edit, changed).status_code == 302
        row = PoolChange.objects.get(field="held_limit", reason="人手增加")
        assert (row.before, row.after, row.by_id) == ("20", "50", company.operations.pk)
        assert "人手增加" in text(browser.get(reverse("accounts:pool", args=[pool.pk])))
        stale = browser.post(edit, changed | {"held_limit": 60})
        assert stale.status_code == 409

    @pytest.mark.parametrize("who", ["owner", "supervisor", "general_manager", "newcomer"])
    def test_others_may_not(self, company: Company, pool: Pool, signed_in: Browser, who: str) -> None:
        browser = signed_in(getattr(company, who))
        for name, keys in (
            ("pool_settings", ()),
            ("pool", (pool.pk,)),
            ("pool_edit", (pool.pk,)),
            ("pool_rule_create", (pool.pk,)),
            ("pools_tonight", ()),
        ):
            assert browser.get(reverse(f"accounts:{name}", args=keys)).status_code == 403, name

    def test_a_pool_that_holds_accounts_stays_open(
        self, company: Company, pool: Pool, account: Account, signed_in: Browser
    ) -> None:
        answer = signed_in(company.director).post(
            reverse("accounts:pool_switch", args=[pool.pk]), {"reason": "不用了"}
        )
        assert answer.status_code == 422
        pool.refresh_from_db()
        assert pool.active


class TestRuleEditor:
    """A rule is built of rows, reads as a sentence, and says what it meets."""

    @pytest.fixture
    def address(self, pool: Pool) -> str:
        return reverse("accounts:pool_rule_create", args=[pool.pk])

    def rule(self, **more: str) -> dict[str, str]:
        return {
            "name": "C 类久未联系",
            "joined": "all",
            "kind-0": "contact",
            "days-0": "60",
            "kind-1": "abc",
            "values-1": "C",
            "active": "1",
            "reason": "盘活",
            **more,
        }

    def test_rows_are_added_removed_and_read_as_a_sentence(
        self, company: Company, address: str, signed_in: Browser
    ) -> None:
        browser = signed_in(company.director)
        quiet = make_account(
            "滑石建材有限公司", owner=company.owner, unit=company.units.east_one, abc_class="C"
        )
        said = text(browser.post(address, self.rule(act="try")))
        assert "连续 60 天没有联系，并且 ABC 分类是 C 类" in said
        assert quiet.name in said
        more = text(browser.post(address, self.rule(act="add", new_kind="lifecycle")))
        assert 'name="kind-2" value="lifecycle"' in more
        less = text(browser.post(address, self.rule(act="remove-1")))
        assert 'name="kind-1"' not in less
        assert not PoolRule.objects.exists(), "nothing is saved by trying"

    def test_it_is_saved_changed_and_dropped_with_reasons(
        self, company: Company, pool: Pool, address: str, signed_in: Browser
    ) -> None:
        browser = signed_in(company.director)
        assert browser.post(address, self.rule(act="save", reason="")).status_code == 422
        assert browser.post(address, self.rule(act="save")).status_code == 302
        rule = PoolRule.objects.get()
        edit = reverse("accounts:pool_rule", args=[pool.pk, rule.pk])
        assert browser.post(edit, self.rule(act="save", **{"days-0": "90"})).status_code == 302
        change = PoolChange.objects.filter(field="rule").latest("pk")
        assert "60" in change.before
        assert "90" in change.after
        drop = reverse("accounts:pool_rule_drop", args=[pool.pk, rule.pk])
        assert browser.post(drop, {"reason": ""}).status_code == 422
        assert browser.post(drop, {"reason": "太严"}).status_code == 302
        assert not PoolRule.objects.exists()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"days-0": "0"},
            {"days-0": "abc"},
            {"values-1": "Z"},
            {"joined": "any"},
            {"kind-0": "abc", "values-0": "C"},
            {"name": " "},
        ],
    )
    def test_what_means_nothing_is_refused(
        self, company: Company, address: str, signed_in: Browser, wrong: dict[str, str]
    ) -> None:
        answer = signed_in(company.director).post(address, self.rule(act="save", **wrong))
        assert answer.status_code == 422
        assert not PoolRule.objects.exists()

    def test_tonight_is_foreseen_by_name_and_reason(
        self, company: Company, pool: Pool, signed_in: Browser
    ) -> None:
        add_rule(pool)
        account = make_account(
            "云母绝缘有限公司", owner=company.owner, unit=company.units.east_one, is_key=True
        )
        said = text(signed_in(company.director).get(reverse("accounts:pools_tonight")))
        assert account.name in said
        assert "重点客户" in said
        assert account.name not in text(signed_in(company.rival).get(reverse("accounts:pools_tonight")))


class TestElsewhere:
    """The workbench, the record and the list of accounts tell the same."""

    @pytest.fixture
    def warned(self, company: Company, pool: Pool) -> Account:
        account = make_account("雄黄化工有限公司", owner=company.owner, unit=company.units.east_one)
        PoolWarning.objects.create(account=account, pool=pool, owner=company.owner, due_on=AT.date())
        return account

    def test_the_owner_is_warned_on_the_workbench_and_on_the_record(
        self, company: Company, warned: Account, signed_in: Browser
    ) -> None:
        browser = signed_in(company.owner)
        assert "1 家客户将回到公海" in text(browser.get("/"))
        assert "写一条跟进即可保留" in text(browser.get(reverse("accounts:detail", args=[warned.pk])))
        assert "家客户将回到公海" not in text(signed_in(company.colleague).get("/"))

    def test_leaders_see_what_must_be_reassigned(
        self, company: Company, warned: Account, signed_in: Browser
    ) -> None:
        PoolWarning.objects.update(barrier="key")
        assert "须重新指派" in text(signed_in(company.director).get("/"))
        assert "须重新指派" not in text(signed_in(company.rival).get("/"))
        assert "须重新指派" not in text(signed_in(company.owner).get("/"))

    def test_several_accounts_are_returned_from_the_list(
        self, company: Company, warned: Account, pool: Pool, signed_in: Browser
    ) -> None:
        key = make_account(owner=company.owner, unit=company.units.east_one, is_key=True)
        browser = signed_in(company.owner)
        act = browser.post(reverse("accounts:list_bulk"), {"act": "return", "pk": [warned.pk, key.pk]})[
            "Location"
        ]
        shown = text(browser.post(act, {"reason": "清理"}))
        assert "重点客户不进公海" in shown
        browser.post(act, {"reason": "清理", "confirmed": "1"})
        warned.refresh_from_db()
        key.refresh_from_db()
        assert (warned.pool_id, key.pool_id) == (pool.pk, None)
        browser.post(act + "undo/")
        warned.refresh_from_db()
        assert (warned.pool_id, warned.owner_id) == (None, company.owner.pk)
