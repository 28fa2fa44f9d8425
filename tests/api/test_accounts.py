"""Accounts over the API: what goes out, what comes in, and that two programs do not overwrite each other."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from panshi.domains.accounts.models import Account, FactVersion
from tests.api.conftest import Caller
from tests.factories.accounts import make_account
from tests.factories.custom import make_field
from tests.factories.merging import decide, open_pair
from tests.factories.organisation import Company

Calling = Callable[..., Caller]


@pytest.fixture
def ours(company: Company) -> Account:
    return make_account(
        "玄武岩密封件有限公司",
        owner=company.owner,
        unit=company.units.east_one,
        team=(company.teammate,),
        address="旧址 1 号",
        bank_account="6222",
        sales_12m=Decimal("12.50"),
        registered_capital=Decimal("100.00"),
    )


class TestReading:
    def test_one_account_with_days_and_amounts_as_text(
        self, company: Company, ours: Account, calling: Calling
    ) -> None:
        answer = calling(company.owner).get(f"/accounts/{ours.pk}")
        found = answer.json()
        assert answer.status_code == 200
        assert (found["name"], found["registered_capital"], found["sales_12m"]) == (
            "玄武岩密封件有限公司", "100.00", "12.50",
        )  # fmt: skip
        assert found["last_contact_on"] is None
        assert found["owner_name"] == "沈南舟"
        assert found["bank_account"] == "6222"

    def test_money_and_figures_need_right_and_scope(
        self, company: Company, ours: Account, calling: Calling
    ) -> None:
        for caller in (calling(company.owner, "accounts:read"), calling(company.teammate)):
            found = caller.get(f"/accounts/{ours.pk}").json()
            assert found["name"] == ours.name
            assert {"bank_account", "sales_12m"} & set(found) == set()

    def test_what_one_may_not_see_is_not_there(
        self, company: Company, ours: Account, calling: Calling
    ) -> None:
        caller = calling(company.outsider)
        hidden, nowhere = caller.get(f"/accounts/{ours.pk}"), caller.get("/accounts/987654321")
        assert hidden.status_code == nowhere.status_code == 404
        assert hidden.json() | {"request_id": ""} == nowhere.json() | {"request_id": ""}
        assert caller.get("/accounts").json()["items"] == []

    def test_a_known_etag_is_not_sent_again(self, company: Company, ours: Account, calling: Calling) -> None:
        caller = calling(company.owner)
        etag = caller.get(f"/accounts/{ours.pk}").headers["ETag"]
        again = caller.get(f"/accounts/{ours.pk}", If_None_Match=etag)
        assert (again.status_code, again.content) == (304, b"")
        Account.objects.filter(pk=ours.pk).update(sales_12m=99)
        assert caller.get(f"/accounts/{ours.pk}", If_None_Match=etag).status_code == 200
        listed = caller.get("/accounts")
        assert caller.get("/accounts", If_None_Match=listed.headers["ETag"]).status_code == 304

    def test_only_the_fields_asked_for(self, company: Company, ours: Account, calling: Calling) -> None:
        caller = calling(company.owner)
        listed = caller.get("/accounts?fields=name,code").json()["items"]
        assert listed == [{"id": ours.pk, "code": ours.code, "name": ours.name}]
        wrong = caller.get("/accounts?fields=name,password")
        assert wrong.status_code == 422
        assert wrong.json()["errors"][0]["field"] == "fields"

    def test_an_account_merged_away_points_at_the_other(self, company: Company, calling: Calling) -> None:
        winner, loser = open_pair(company)
        decide(company, winner, loser)
        answer = calling(company.owner).get(f"/accounts/{loser.pk}")
        assert (answer.status_code, answer.json()["merged_into"]) == (410, winner.pk)
        assert f"/api/v1/accounts/{winner.pk}" in answer.headers["Link"]
        assert calling(company.outsider).get(f"/accounts/{loser.pk}").status_code == 404


class TestLists:
    @pytest.mark.parametrize("sort", ["id", "name", "-sales_12m"])
    def test_pages_hold_every_account_once(self, company: Company, calling: Calling, sort: str) -> None:
        made = {
            make_account(owner=company.owner, unit=company.units.east_one, sales_12m=number % 3).pk
            for number in range(7)
        }
        caller = calling(company.owner)
        found: list[int] = []
        address = f"/accounts?limit=3&sort={sort}&fields=id"
        while address:
            page = caller.get(address).json()
            found += [each["id"] for each in page["items"]]
            address = (page["next"] or "").removeprefix("/api/v1")
        assert len(found) == 7
        assert set(found) == made

    def test_filters_narrow_and_unknown_ones_are_refused(
        self, company: Company, ours: Account, calling: Calling
    ) -> None:
        caller = calling(company.operations)
        make_account("花岗石材", owner=company.outsider, unit=company.units.south_one, abc_class="A")
        assert [each["id"] for each in caller.get("/accounts?name=玄武岩").json()["items"]] == [ours.pk]
        assert len(caller.get(f"/accounts?owner={company.outsider.pk}&abc=A").json()["items"]) == 1
        answer = caller.get("/accounts?onwer=1")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "onwer")

    def test_a_cursor_of_another_list_or_made_up_is_refused(
        self, company: Company, ours: Account, calling: Calling
    ) -> None:
        make_account(owner=company.owner, unit=company.units.east_one)
        caller = calling(company.owner)
        cursor = caller.get("/accounts?limit=1").json()["cursor"]
        assert caller.get(f"/accounts?cursor={cursor}&sort=name").status_code == 422
        assert caller.get("/accounts?cursor=WyJ4IiwwXQ").status_code == 422
        assert caller.get("/accounts?limit=201").status_code == 422


class TestWriting:
    def test_a_new_account_belongs_to_the_tokens_person(self, company: Company, calling: Calling) -> None:
        answer = calling(company.owner).post(
            "/accounts",
            {"name": "青石轴承厂", "registered_capital": "5000000.00", "founded_on": "2001-02-03"},
        )
        found = answer.json()
        assert answer.status_code == 201, found
        assert answer.headers["Location"] == f"/api/v1/accounts/{found['id']}"
        account = Account.objects.get(pk=found["id"])
        assert (account.owner_id, account.created_by_id) == (company.owner.pk, company.owner.pk)
        assert account.registered_capital == Decimal(5000000)

    def test_looking_like_a_known_one_needs_a_reason(
        self, company: Company, ours: Account, calling: Calling
    ) -> None:
        caller = calling(company.owner)
        refused = caller.post("/accounts", {"name": "玄武岩密封件公司"})
        assert (refused.status_code, refused.json()["type"]) == (422, "urn:panshi:problem:duplicates")
        assert refused.json()["candidates"][0]["account_id"] == ours.pk
        made = caller.post("/accounts", {"name": "玄武岩密封件公司", "override_reason": "分厂"})
        assert made.status_code == 201

    def test_a_change_names_the_version_it_saw(
        self, company: Company, ours: Account, calling: Calling
    ) -> None:
        caller = calling(company.owner)
        etag = caller.get(f"/accounts/{ours.pk}").headers["ETag"]
        blind = caller.patch(f"/accounts/{ours.pk}", {"website": "a.cn"})
        assert blind.status_code == 428
        changed = caller.patch(f"/accounts/{ours.pk}", {"website": "a.cn"}, If_Match=etag)
        assert (changed.status_code, changed.json()["website"]) == (200, "a.cn")
        stale = caller.patch(f"/accounts/{ours.pk}", {"website": "b.cn"}, If_Match=etag)
        assert (stale.status_code, stale.json()["version"]) == (412, changed.json()["version"])
        assert Account.objects.get(pk=ours.pk).website == "a.cn"

    def test_a_known_fact_changes_with_its_reason(
        self, company: Company, ours: Account, calling: Calling
    ) -> None:
        caller = calling(company.owner)
        refused = caller.patch(f"/accounts/{ours.pk}", {"address": "新址"}, If_Match='"1"')
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "fact_reason")
        told = {"address": "新址", "fact_reason": "搬迁", "fact_on": "2026-10-01"}
        assert caller.patch(f"/accounts/{ours.pk}", told, If_Match='"1"').status_code == 200
        assert FactVersion.objects.get(account=ours, field="address", after="新址").reason == "搬迁"

    def test_owner_and_lifecycle_are_no_fields(
        self, company: Company, ours: Account, calling: Calling
    ) -> None:
        caller = calling(company.director)
        for body in ({"owner_id": company.director.pk}, {"lifecycle": "lost"}, {"abc_class": "A"}):
            assert caller.patch(f"/accounts/{ours.pk}", body, If_Match='"1"').status_code == 422
        moved = caller.post(
            f"/accounts/{ours.pk}/lifecycle", {"to": "qualified", "reason": "已评估"}, If_Match='"1"'
        )
        assert moved.json()["lifecycle"] == "qualified"
        given = caller.post(
            f"/accounts/{ours.pk}/owner", {"owner_id": company.colleague.pk}, If_Match=moved.headers["ETag"]
        )
        assert given.json()["owner_id"] == company.colleague.pk

    def test_a_key_account_keeps_its_owner(self, company: Company, ours: Account, calling: Calling) -> None:
        Account.objects.filter(pk=ours.pk).update(is_key=True)
        answer = calling(company.director).post(
            f"/accounts/{ours.pk}/owner", {"owner_id": company.colleague.pk}, If_Match='"1"'
        )
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "owner")
        assert Account.objects.get(pk=ours.pk).owner_id == company.owner.pk

    def test_custom_fields_go_in_and_out(self, company: Company, ours: Account, calling: Calling) -> None:
        field = make_field(kind="number", label="产能")
        caller = calling(company.owner)
        changed = caller.patch(f"/accounts/{ours.pk}", {"custom": {field.code: "12.5"}}, If_Match='"1"')
        assert changed.json()["custom"] == {field.code: "12.5"}
        listed = caller.get("/accounts?fields=custom").json()["items"]
        assert listed == [{"id": ours.pk, "custom": {field.code: "12.5"}}]
        wrong = caller.patch(f"/accounts/{ours.pk}", {"custom": {"none": 1}}, If_Match='"2"')
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "custom.none")
