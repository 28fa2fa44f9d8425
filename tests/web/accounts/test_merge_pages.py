"""Pages of merging, versioned facts and the lifecycle's rules, as people use them."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from panshi.domains.accounts import services
from panshi.domains.accounts.decisions import merge_accounts
from panshi.domains.accounts.models import Account, FactVersion, LifecycleProposal, Merge
from panshi.domains.accounts.reports import MergeChoices
from panshi.ground.audit.models import Event
from panshi.ground.base.approval import Approval
from panshi.ground.identity.models import Person
from tests.factories.accounts import make_account
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]


@pytest.fixture
def pair(company: Company) -> tuple[Account, Account]:
    where = {
        "owner": company.owner,
        "unit": company.units.east_one,
        "phone": "66667777",
        "phone_key": "66667777",
    }
    return (
        make_account("恒达机械有限公司", address="张江路 1 号", products="齿轮箱", **where),
        make_account("恒达机械厂", address="旧址 9 号", products="轴承", website="old.cn", **where),
    )


def merged(pair: tuple[Account, Account], company: Company, at: dt.datetime) -> Merge:
    approval = Approval(7, "HB-7", "accounts.merge", 1, (), "approved", at)
    return merge_accounts(
        approval=approval,
        loser=pair[1],
        winner=pair[0],
        choices=MergeChoices(),
        by=company.viewer("director"),
        at=at,
    )


def rows() -> list[dict[str, object]]:
    return list(Account.objects.order_by("pk").values())


class TestWizard:
    """From the other account to the request; nothing is written before it is approved."""

    def test_the_look_alike_is_offered_and_led_to(
        self, pair: tuple[Account, Account], company: Company, signed_in: Browser
    ) -> None:
        winner, loser = pair
        browser = signed_in(company.director)
        answer = browser.get(reverse("accounts:merge", args=[winner.pk]))
        compare = reverse("accounts:merge_compare", args=[winner.pk, loser.pk])
        assert f'href="{compare}"' in answer.content.decode()
        led = browser.get(reverse("accounts:merge", args=[winner.pk]), {"other": loser.pk})
        assert (led.status_code, led["Location"]) == (302, compare)
        same = browser.get(reverse("accounts:merge", args=[winner.pk]), {"other": winner.pk})
        assert "请选择另一家" in same.content.decode()

    def test_choices_reach_the_last_step_and_without_a_process_it_says_so(
        self, pair: tuple[Account, Account], company: Company, signed_in: Browser
    ) -> None:
        winner, loser = pair
        browser, before = signed_in(company.director), rows()
        address = reverse("accounts:merge_compare", args=[winner.pk, loser.pk])
        picks = {"pick-address": "theirs", "pick-products": "both", "pick-name": "mine", "keep_owner": "on"}
        missing = browser.post(address, picks)
        assert missing.status_code == 422
        assert "请说明为什么认为是同一家客户" in missing.content.decode()
        last = browser.post(address, {**picks, "reason": "同一地址"})
        said = last.content.decode()
        assert '<input type="hidden" name="pick-address" value="theirs">' in said
        assert '<input type="hidden" name="pick-products" value="both">' in said
        assert rows() == before
        assert not Merge.objects.exists()

    def test_a_forged_pick_is_what_is_proposed(
        self, pair: tuple[Account, Account], company: Company, signed_in: Browser
    ) -> None:
        winner, loser = pair
        address = reverse("accounts:merge_compare", args=[winner.pk, loser.pk])
        said = (
            signed_in(company.director)
            .post(address, {"pick-address": "both", "pick-website": "everything", "reason": "x"})
            .content.decode()
        )
        assert '<input type="hidden" name="pick-address" value="mine">' in said
        assert '<input type="hidden" name="pick-website" value="theirs">' in said

    def test_bank_details_are_compared_by_those_who_may_see_them(
        self, pair: tuple[Account, Account], company: Company, signed_in: Browser
    ) -> None:
        winner, loser = pair
        Account.objects.filter(pk=loser.pk).update(bank_account="6222 0000 1111")
        address = reverse("accounts:merge_compare", args=[winner.pk, loser.pk])
        assert "6222 0000 1111" in signed_in(company.director).get(address).content.decode()

    @pytest.mark.parametrize(("who", "status"), [("owner", 403), ("outsider", 403), ("rival", 404)])
    def test_who_may_not(
        self, pair: tuple[Account, Account], company: Company, signed_in: Browser, who: str, status: int
    ) -> None:
        browser = signed_in(getattr(company, who))
        address = reverse("accounts:merge_compare", args=[pair[0].pk, pair[1].pk])
        assert browser.get(address).status_code == status


class TestAfterwards:
    """The address of the loser, the list of merges, and undoing."""

    def test_the_losers_address_leads_to_the_winner(
        self, pair: tuple[Account, Account], company: Company, signed_in: Browser, at: dt.datetime
    ) -> None:
        winner, loser = pair
        merged(pair, company, at)
        answer = signed_in(company.owner).get(reverse("accounts:detail", args=[loser.pk]), follow=True)
        assert answer.redirect_chain == [(reverse("accounts:detail", args=[winner.pk]), 302)]
        assert "您打开的客户已并入" in answer.content.decode()
        assert signed_in(company.outsider).get(reverse("accounts:detail", args=[loser.pk])).status_code == 404

    def test_the_winners_history_tells_of_both(
        self, pair: tuple[Account, Account], company: Company, signed_in: Browser, at: dt.datetime
    ) -> None:
        winner, loser = pair
        services.change_lifecycle(
            account=loser, to="qualified", reason="年产能两万台", by=company.viewer("owner"), at=at
        )
        merged(pair, company, at)
        said = signed_in(company.owner).get(reverse("accounts:detail", args=[winner.pk, "history"]))
        assert "年产能两万台" in said.content.decode()
        assert "并入了“恒达机械厂”" in said.content.decode()

    def test_undo_from_the_list(
        self, pair: tuple[Account, Account], company: Company, signed_in: Browser, at: dt.datetime
    ) -> None:
        made = merged(pair, company, at)
        browser = signed_in(company.director)
        undo = reverse("accounts:merge_undo", args=[made.pk])
        assert undo in browser.get(reverse("accounts:merges")).content.decode()
        assert browser.get(undo).status_code == 200
        assert Merge.objects.standing().count() == 1
        done = browser.post(undo)
        assert "合并已撤销" in done.content.decode()
        assert not Account.objects.exclude(merged_into=None).exists()
        assert browser.post(undo).status_code == 409
        for who in ("rival", "compliance"):
            assert signed_in(getattr(company, who)).get(undo).status_code in {403, 404}


class TestFacts:
    """The form asks for the reason when a known fact changes; the tab shows the history and a day's facts."""

    def test_the_reason_is_asked_for_only_then(
        self, pair: tuple[Account, Account], company: Company, signed_in: Browser
    ) -> None:
        account, browser = pair[0], signed_in(company.owner)
        address = reverse("accounts:edit", args=[account.pk])
        values = {"name": account.name, "website": "a.cn", "address": account.address, "expected_version": 1}
        assert browser.post(address, values).status_code == 302
        moved = {**values, "address": "新址 3 号", "expected_version": 2}
        asked = browser.post(address, moved)
        assert asked.status_code == 422
        assert '<input type="text" name="fact_reason"' in asked.content.decode()
        assert not FactVersion.objects.exists()
        future = browser.post(address, {**moved, "fact_reason": "搬迁", "fact_on": "2999-01-01"})
        assert future.status_code == 422
        assert (
            browser.post(address, {**moved, "fact_reason": "搬迁", "fact_on": "2026-03-01"}).status_code
            == 302
        )
        version = FactVersion.objects.get()
        assert (version.after, version.reason, version.on) == ("新址 3 号", "搬迁", dt.date(2026, 3, 1))
        tab = reverse("accounts:detail", args=[account.pk, "facts"])
        assert "张江路 1 号" in browser.get(tab, {"field": "address", "on": "2026-02-28"}).content.decode()
        assert "看不懂这个日期" in browser.get(tab, {"on": "gestern"}).content.decode()

    def test_the_first_value_needs_none(
        self, pair: tuple[Account, Account], company: Company, signed_in: Browser
    ) -> None:
        address = reverse("accounts:edit", args=[pair[0].pk, "procurement"])
        sent = signed_in(company.owner).post(address, {"payment_terms": "月结 30 天", "expected_version": 1})
        assert sent.status_code == 302
        assert FactVersion.objects.get().reason == ""


class TestLifecycle:
    """The rules are told and previewed; a proposal is answered beside the list."""

    def test_answering(
        self, pair: tuple[Account, Account], company: Company, signed_in: Browser, at: dt.datetime
    ) -> None:
        account = pair[0]
        Account.objects.filter(pk=account.pk).update(lifecycle="dormant")
        proposal = LifecycleProposal.objects.create(
            account=account, to="lost", reason="400 天没有交易", at=at
        )
        browser, address = signed_in(company.owner), reverse("accounts:proposal", args=[proposal.pk])
        assert "400 天没有交易" in browser.get(reverse("accounts:proposals")).content.decode()
        assert browser.post(address, {"accept": "no", "answer": ""}).status_code == 422
        assert browser.post(address, {"accept": "yes", "answer": "停产"}).status_code == 302
        account.refresh_from_db()
        assert account.lifecycle == "lost"
        assert Event.objects.filter(kind="accounts.proposal_answered", account_id=account.pk).exists()

    def test_the_rules_say_what_tonight_brings(
        self, pair: tuple[Account, Account], company: Company, signed_in: Browser
    ) -> None:
        today = timezone.localdate()
        Account.objects.filter(pk=pair[0].pk).update(
            lifecycle="active", last_trade_on=today - dt.timedelta(days=300)
        )
        Account.objects.filter(pk=pair[1].pk).update(lifecycle="active", last_trade_on=today)
        said = signed_in(company.owner).get(reverse("accounts:lifecycle_rules")).content.decode()
        assert "今晚会变更 1 家客户" in said
        assert "300 天没有交易" in said
        none = signed_in(company.outsider).get(reverse("accounts:lifecycle_rules")).content.decode()
        assert pair[0].name not in none


def test_accounts_with_incomplete_teams_are_found(
    pair: tuple[Account, Account], company: Company, signed_in: Browser, at: dt.datetime
) -> None:
    members = [
        (company.teammate.pk, "sales_support"),
        (company.supervisor.pk, "supervisor"),
        (company.general_manager.pk, "sponsor"),
    ]
    services.set_team(account=pair[0], members=members, by=company.viewer("director"), at=at)
    browser = signed_in(company.director)
    lacking = browser.get(reverse("accounts:list"), {"team": "lacking"}).content.decode()
    assert (pair[1].name in lacking, pair[0].name in lacking) == (True, False)
