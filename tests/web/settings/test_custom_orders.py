"""Lists in the order of custom fields: every kind that has one, pages without gaps, what is hidden orders nothing."""

import base64
import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.services import update_account
from panshi.ground.identity.models import Person
from panshi.ground.settings.models import CustomField, CustomValue
from panshi.ground.settings.services import keep_preference, order_choices
from panshi.web.generic.lists import PAGE_SIZE
from tests.factories.accounts import make_account
from tests.factories.custom import choice_of, make_dictionary, make_field
from tests.factories.organisation import AT, SYSTEM, Company

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Person], Client]

VALUES: dict[str, tuple[str, str, str]] = {
    "text": ("a-2", "B-1", "c-9"),
    "number": ("-3", "9", "12"),
    "money": ("900", "1万", "1亿"),
    "day": ("2026-12-31", "2027-01-01", "2027-02-28"),
    "choice": ("a", "b", "c"),
    "yes": ("0", "1", "1"),
}
"""A low, a middle and a high value of each kind that has an order."""


def names(answer: Any) -> list[str]:
    return re.findall(r'<td class="p1 title"[^>]*><a [^>]*>([^<]*)</a>', answer.content.decode())


def link(answer: Any, relation: str) -> str:
    found = re.search(rf'rel="{relation}" href="([^"]*)"', answer.content.decode())
    return found[1].replace("&amp;", "&") if found else ""


def fill(account: Account, **values: Any) -> None:
    account.refresh_from_db()
    update_account(
        account=account,
        values={f"custom.{name}": value for name, value in values.items()},
        expected_version=account.version,
        by=SYSTEM,
        at=AT,
    )


@pytest.mark.parametrize("kind", VALUES)
def test_each_kind_orders_the_list_and_what_is_empty_stands_last(
    company: Company, signed_in: SignedIn, kind: str
) -> None:
    make_field(kind, "厂区", code="site")
    low, middle, high = VALUES[kind]
    for name, value in (("乙", middle), ("丁", None), ("丙", high), ("甲", low)):
        account = make_account(name, owner=company.owner, unit=company.units.east_one)
        fill(account, **({"site": value} if value else {}))
    browser = signed_in(company.owner)
    up = names(browser.get("/accounts/?sort=custom.site"))
    down = names(browser.get("/accounts/?sort=-custom.site"))
    assert up == ["甲", "乙", "丙", "丁"]
    assert down == ["丙", "乙", "甲", "丁"]


def test_choices_stand_in_the_order_of_their_dictionary(company: Company, signed_in: SignedIn) -> None:
    dictionary = make_dictionary("等级", "低", "中", "高")
    make_field("choice", "等级", code="level", dictionary=dictionary)
    for name, code in (("甲", "a"), ("乙", "b"), ("丙", "c")):
        fill(make_account(name, owner=company.owner, unit=company.units.east_one), level=code)
    order = [choice_of(dictionary, code).pk for code in ("c", "a", "b")]
    order_choices(dictionary=dictionary, order=order, by=SYSTEM, at=AT)
    assert names(signed_in(company.owner).get("/accounts/?sort=custom.level")) == ["丙", "甲", "乙"]


@pytest.mark.parametrize("sort", ["custom.lines", "-custom.lines"])
def test_walking_meets_every_row_once_across_the_end_of_the_values(
    company: Company, signed_in: SignedIn, sort: str
) -> None:
    field = make_field("number", "产线条数", code="lines")
    made = [
        make_account(f"恒岳{number:03d}", owner=company.owner, unit=company.units.east_one)
        for number in range(2 * PAGE_SIZE + 9)
    ]
    CustomValue.objects.bulk_create(
        CustomValue(field=field, record_id=row.pk, number=place // 7) for place, row in enumerate(made[:70])
    )
    browser = signed_in(company.owner)
    answer = browser.get("/accounts/", {"sort": sort})
    forwards = [names(answer)]
    while more := link(answer, "next"):
        answer = browser.get("/accounts/" + more)
        forwards.append(names(answer))
    met = [name for page in forwards for name in page]
    assert sorted(met) == sorted(row.name for row in made)
    assert set(met[:70]) == {row.name for row in made[:70]}
    backwards = [names(answer)]
    while more := link(answer, "prev"):
        answer = browser.get("/accounts/" + more)
        backwards.insert(0, names(answer))
    assert backwards == forwards
    assert names(browser.get("/accounts/", {"sort": sort, "page": "2"})) == forwards[1]
    assert names(browser.get("/accounts/", {"sort": sort, "page": "999"})) == met[-PAGE_SIZE:]


def test_several_ways_to_an_account_and_conditions_keep_the_order(
    company: Company, signed_in: SignedIn
) -> None:
    make_field("money", "投资额", code="invest")
    for number, amount in enumerate(("500", "300", "", "400", "100")):
        account = make_account(
            f"恒岳{number}",
            owner=company.supervisor if number % 2 else None,
            unit=company.units.south_one if number % 2 else company.units.east_one,
        )
        fill(account, invest=amount)
    browser = signed_in(company.supervisor)
    assert names(browser.get("/accounts/?sort=-custom.invest")) == [f"恒岳{one}" for one in (0, 3, 1, 4, 2)]
    narrowed = browser.get("/accounts/?sort=custom.invest&custom.invest.min=200&q=恒岳")
    assert names(narrowed) == [f"恒岳{one}" for one in (1, 3, 0)]


def test_the_heading_sorts_and_the_export_follows(company: Company, signed_in: SignedIn) -> None:
    make_field("day", "投产日期", code="due")
    make_field("choices", "涉及车间", code="shops")
    for name, due in (("甲", "2027-05-01"), ("乙", "2027-01-01")):
        fill(make_account(name, owner=company.owner, unit=company.units.east_one), due=due)
    columns = ["custom.due", "custom.shops"]
    keep_preference(name="list.accounts", value={"columns": columns}, by=company.viewer("owner"))
    browser = signed_in(company.owner)
    page = browser.get("/accounts/").content.decode()
    assert "sort=custom.due" in page
    assert "sort=custom.shops" not in page  # several choices have no order
    assert 'class="p2" data-label="投产日期"' in page  # who chose a column sees it on a phone too
    answer: Any = browser.get("/accounts/export/?format=csv&sort=custom.due")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:3]] == ["乙", "甲"]


def test_contacts_stand_in_the_order_of_their_fields(company: Company, signed_in: SignedIn) -> None:
    make_field("text", "工位", record_kind="contact", code="desk", at_creation=True)
    account = make_account("东海车桥", owner=company.owner, unit=company.units.east_one)
    browser = signed_in(company.owner)
    for name, desk in (("魏工", "B-2"), ("丁工", "B-1"), ("何工", "")):
        browser.post(f"/people/of/{account.pk}/new/", {"name": name, "custom.desk": desk})
    headers = {"HX-Request": "true", "HX-Target": "list"}
    shown = browser.get("/people/?sort=custom.desk", headers=headers).content.decode()
    assert re.findall(r"<tr.*?(丁工|魏工|何工)", shown) == ["丁工", "魏工", "何工"]


def test_what_one_sees_on_some_rows_only_orders_nothing(company: Company, signed_in: SignedIn) -> None:
    make_field("money", "授信", code="credit", permission="accounts.money")
    account = make_account("甲", owner=company.owner, unit=company.units.east_one)
    fill(account, credit="5")
    browser = signed_in(company.owner)
    assert "不能按“custom.credit”排序" in browser.get("/accounts/?sort=custom.credit").content.decode()


@pytest.mark.parametrize(
    "values", [["0", "NaN", "1"], ["x", "1", "1"], ["0", "9" * 40, "1"], ["0", "1", str(2**70)], ["0", "1"]]
)
def test_a_forged_place_is_the_first_page(company: Company, signed_in: SignedIn, values: list[str]) -> None:
    make_field("number", "产线条数", code="lines")
    fill(make_account("甲", owner=company.owner, unit=company.units.east_one), lines="4")
    cursor = base64.urlsafe_b64encode(json.dumps(["custom.lines", 1, *values]).encode()).decode()
    answer = signed_in(company.owner).get("/accounts/", {"sort": "custom.lines", "after": cursor})
    assert answer.status_code == 200
    assert "翻页位置已失效" in answer.content.decode()


def test_a_retired_field_orders_nothing_any_more(company: Company, signed_in: SignedIn) -> None:
    make_field("number", "产线条数", code="lines")
    CustomField.objects.update(retired_at=AT)
    assert "不能按" in signed_in(company.owner).get("/accounts/?sort=-custom.lines").content.decode()
