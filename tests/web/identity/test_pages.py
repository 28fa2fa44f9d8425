"""Administrators' pages and one's own: what they show, change and refuse."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from panshi.ground.identity.models import Assignment, Person, Unit
from panshi.ground.identity.roles import ROLES
from tests.factories.organisation import Company, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_passwords")]
SignIn = Callable[[Person], Client]


@pytest.fixture
def admin(company: Company, signed_in: SignIn) -> Client:
    return signed_in(company.administrator)


def html_of(answer) -> str:
    return answer.content.decode()


class TestPeople:
    def test_the_list_shows_who_does_what_where(self, admin: Client, company: Company) -> None:
        html = html_of(admin.get(reverse("identity:people")))
        for words in ("沈南舟", "大客户经理", "东区一组", "新来"):
            assert words in html

    @pytest.mark.parametrize(
        ("query", "found", "missing"),
        [
            ("role=compliance", "严明", "沈南舟"),
            ("role=none", "新来", "沈南舟"),
            ("state=inactive", "没有", "沈南舟"),
            ("q=snz", "沈南舟", "严明"),
            ("q=yanming", "严明", "沈南舟"),
            ("factor=on", "没有", "沈南舟"),
            ("sort=-name&page=1", "沈南舟", "无此人"),
        ],
    )
    def test_it_is_filtered_and_searched(
        self, admin: Client, company: Company, query: str, found: str, missing: str
    ) -> None:
        html = html_of(
            admin.get(
                f"{reverse('identity:people')}?{query}", headers={"HX-Request": "true", "HX-Target": "list"}
            )
        )
        assert found in html
        assert missing not in html

    def test_the_second_page_of_a_long_list_keeps_its_columns(self, admin: Client, company: Company) -> None:
        for number in range(60):
            make_person(f"张{number}", role="finance", unit=company.units.head)
        html = html_of(admin.get(f"{reverse('identity:people')}?page=2"))
        assert "财务支持" in html

    def test_a_new_person_signs_in_with_the_password_shown_once(
        self, admin: Client, company: Company
    ) -> None:
        answer = admin.post(
            reverse("identity:invite"),
            {
                "name": "苏新",
                "username": "suxin",
                "role": "finance",
                "unit": company.units.east.pk,
                "since_on": "2026-01-01",
            },
        )
        password = re.search(r'<code class="strong"[^>]*>([^<]+)</code>', html_of(answer))
        assert password is not None
        assert answer.headers["Cache-Control"] == "no-store"
        person = Person.objects.get(username="suxin")
        assert Assignment.objects.get(person=person).role == "finance"

        newcomer = Client()
        newcomer.post(reverse("account_login"), {"login": "suxin", "password": password.group(1)})
        assert newcomer.get(reverse("identity:profile"))["Location"] == reverse("account_change_password")

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"username": "坏 名"}, "登录名由"),
            ({"role": "finance", "unit": ""}, "请选择角色所在的组织"),
            ({"role": "", "unit": "east"}, "没有这个角色"),
            ({"name": ""}, ""),
            ({"unit": "999999", "role": "finance"}, ""),
            ({"since_on": "yesterday"}, ""),
        ],
    )
    def test_a_wrong_person_is_refused_whole(
        self, admin: Client, company: Company, values: dict[str, str], field: str
    ) -> None:
        sent = {
            "name": "苏新",
            "username": "suxin",
            "role": "",
            "unit": "",
            "since_on": "2026-01-01",
        } | values
        if sent["unit"] == "east":
            sent["unit"] = str(company.units.east.pk)
        answer = admin.post(reverse("identity:invite"), sent)
        assert answer.status_code == 422
        assert field in html_of(answer)
        assert not Person.objects.filter(name="苏新").exists()

    def test_resetting_asks_first(self, admin: Client, company: Company) -> None:
        address = reverse("identity:reset_password", args=[company.owner.pk])
        before = company.owner.password
        assert admin.get(address).status_code == 200
        company.owner.refresh_from_db()
        assert company.owner.password == before
        assert re.search(r"<code[^>]*>[a-z2-9]{5}(-[a-z2-9]{5}){2}</code>", html_of(admin.post(address)))
        company.owner.refresh_from_db()
        assert company.owner.must_change_password

    def test_deactivating_puts_out_at_once(self, admin: Client, company: Company, signed_in: SignIn) -> None:
        inside = signed_in(company.owner)
        admin.post(reverse("identity:deactivate", args=[company.owner.pk]))
        assert inside.get(reverse("identity:profile")).status_code == 302
        admin.post(reverse("identity:reactivate", args=[company.owner.pk]))
        company.owner.refresh_from_db()
        assert company.owner.is_active

    def test_the_last_administrator_stays(self, admin: Client, company: Company) -> None:
        answer = admin.post(reverse("identity:deactivate", args=[company.administrator.pk]))
        assert answer.status_code == 422
        assert "最后一位系统管理员" in html_of(answer)

    def test_a_lost_phone_is_helped(self, admin: Client, company: Company) -> None:
        Authenticator.objects.create(user_id=company.owner.pk, type="totp", data={})
        assert "解除两步验证" in html_of(admin.get(reverse("identity:person", args=[company.owner.pk])))
        admin.post(reverse("identity:second_factor", args=[company.owner.pk]))
        assert not Authenticator.objects.exists()

    def test_two_administrators_do_not_overwrite_each_other(self, admin: Client, company: Company) -> None:
        address = reverse("identity:edit_person", args=[company.owner.pk])
        opened = re.search(r'name="opened" value="([^"]+)"', html_of(admin.get(address)))
        assert opened is not None
        mine = {"name": "沈二", "email": "", "phone": "2", "expected_version": "1", "opened": opened.group(1)}
        assert admin.post(address, mine | {"name": "沈一", "phone": "1"}).status_code == 302

        answer = admin.post(address, mine)
        assert answer.status_code == 409
        for words in ("沈南舟", "沈一", "沈二"):  # as it was, theirs, mine
            assert words in html_of(answer)

        decided = mine | {"expected_version": "2", "choose-name": "theirs"}
        assert admin.post(address, decided).status_code == 302
        company.owner.refresh_from_db()
        assert (company.owner.name, company.owner.phone) == ("沈一", "2")

    def test_two_administrators_moving_a_unit_see_each_others_move(
        self, admin: Client, company: Company
    ) -> None:
        unit = company.units.east_two
        address = reverse("identity:edit_unit", args=[unit.pk])
        mine = {"name": "二组", "code": unit.code, "kind": "team", "expected_version": "1"}
        assert admin.post(address, mine | {"parent": company.units.south.pk}).status_code == 302
        assert admin.post(address, mine | {"parent": company.units.head.pk}).status_code == 409
        unit.refresh_from_db()
        assert unit.parent_id == company.units.south.pk


class TestRoles:
    def test_the_catalogue_tells_every_role(self, admin: Client, company: Company) -> None:
        html = html_of(admin.get(reverse("identity:roles")))
        for role in ROLES:
            assert str(role.name) in html
            assert str(role.purpose) in html
        assert "全公司的" in html

    def test_a_role_is_given_and_ended(self, admin: Client, company: Company) -> None:
        person = company.newcomer
        admin.post(
            reverse("identity:give_role", args=[person.pk]),
            {"role": "legal", "unit": company.units.south.pk, "since_on": "2026-01-01", "until_on": ""},
        )
        assignment = Assignment.objects.get(person=person)
        assert "法务" in html_of(admin.get(reverse("identity:person", args=[person.pk])))
        admin.post(reverse("identity:end_role", args=[person.pk, assignment.pk]), {"until_on": "2026-03-01"})
        assignment.refresh_from_db()
        assert assignment.until_on == dt.date(2026, 3, 1)

    def test_a_role_of_somebody_else_is_not_there(self, admin: Client, company: Company) -> None:
        theirs = Assignment.objects.get(person=company.owner)
        address = reverse("identity:end_role", args=[company.newcomer.pk, theirs.pk])
        assert admin.post(address, {"until_on": "2026-03-01"}).status_code == 404
        theirs.refresh_from_db()
        assert theirs.until_on is None


class TestUnits:
    def test_the_tree_counts_its_people(self, admin: Client, company: Company) -> None:
        html = html_of(admin.get(reverse("identity:units")))
        row = re.search(r"<tr[^>]*>(?:(?!</tr>).)*东区一组(?:(?!</tr>).)*</tr>", html, re.S)
        assert row is not None
        assert re.search(r'data-label="人数">3<', row.group())

    def test_a_unit_is_added_changed_and_closed(self, admin: Client, company: Company) -> None:
        assert f'value="{company.units.east.pk}" selected' in html_of(
            admin.get(f"{reverse('identity:create_unit')}?under={company.units.east.pk}")
        )
        admin.post(
            reverse("identity:create_unit"),
            {"name": "东区三组", "code": "E3", "kind": "team", "parent": company.units.east.pk},
        )
        unit = Unit.objects.get(code="E3")
        admin.post(
            reverse("identity:edit_unit", args=[unit.pk]),
            {
                "name": "南区三组",
                "code": "S3",
                "kind": "team",
                "parent": company.units.south.pk,
                "expected_version": "1",
            },
        )
        unit.refresh_from_db()
        assert (unit.name, unit.parent_id) == ("南区三组", company.units.south.pk)
        admin.post(reverse("identity:close_unit", args=[unit.pk]))
        unit.refresh_from_db()
        assert not unit.active

    def test_a_circle_is_refused_at_the_field(self, admin: Client, company: Company) -> None:
        east = company.units.east
        answer = admin.post(
            reverse("identity:edit_unit", args=[east.pk]),
            {
                "name": "东区",
                "code": east.code,
                "kind": "region",
                "parent": company.units.east_one.pk,
                "expected_version": "1",
            },
        )
        assert answer.status_code == 422
        assert "上级组织不能是自己" in html_of(answer)

    def test_a_full_unit_is_not_closed(self, admin: Client, company: Company) -> None:
        answer = admin.post(reverse("identity:close_unit", args=[company.units.east_one.pk]))
        assert answer.status_code == 422
        assert "还有人" in html_of(answer)


class TestProfile:
    def test_one_changes_oneself(self, company: Company, signed_in: SignIn) -> None:
        me = signed_in(company.owner)
        assert "大客户经理" in html_of(me.get(reverse("identity:profile")))
        me.post(
            reverse("identity:profile"),
            {
                "name": "沈南洲",
                "email": "s@example.com",
                "phone": "13800000000",
                "language": "en",
                "theme": "dark",
                "expected_version": "1",
            },
        )
        company.owner.refresh_from_db()
        assert (company.owner.name, company.owner.language, company.owner.theme) == ("沈南洲", "en", "dark")
        assert 'data-bs-theme="dark"' in html_of(me.get(reverse("identity:profile")))

    def test_nobody_changes_his_rights_through_the_form(self, company: Company, signed_in: SignIn) -> None:
        signed_in(company.owner).post(
            reverse("identity:profile"),
            {
                "name": "沈南舟",
                "language": "zh-hans",
                "theme": "auto",
                "expected_version": "1",
                "username": "root",
                "is_active": "0",
                "role": "administrator",
                "unit": str(company.units.head.pk),
            },
        )
        company.owner.refresh_from_db()
        assert company.owner.username != "root"
        assert list(Assignment.objects.filter(person=company.owner).values_list("role", flat=True)) == [
            "key_account_manager"
        ]
