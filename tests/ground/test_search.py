"""One box finds records by any piece of their words, in one order on both databases."""

import datetime as dt

import pytest
from django.db import connection

from panshi.ground.identity.models import Unit
from panshi.ground.search import matching
from panshi.ground.search.models import Entry
from panshi.ground.search.reports import find
from panshi.ground.search.services import Findable, put, put_many, rebuild, remove

pytestmark = pytest.mark.django_db

ACCOUNTS = [
    Findable("account", 1, 1, "上海恒达机械有限公司", keys=["KH000001", "021-58881234"]),
    Findable("account", 2, 2, "恒达重工集团", keys=["KH000002"], texts=["达恒重型机器厂"]),
    Findable("account", 3, 3, "杭州达恒电子", keys=["KH000003"]),
    Findable("account", 4, 4, "重庆长安Auto（西南）", keys=["KH000040", "138"]),
]
CONTACTS = [
    Findable("contact", 1, 3, "王恒", "采购经理", keys=["13812345678"]),
    Findable("contact", 2, 1, "恒达", "总经理", keys=["13900000001"]),
    Findable("contact", 3, None, "李无主", keys=["13900000002"]),
]


@pytest.fixture(autouse=True)
def index() -> None:
    put_many(records=[*CONTACTS, *ACCOUNTS])


def ids(text: str, **how: object) -> list[str]:
    """What is found, as a1 for account 1 and c2 for contact 2."""
    given = {"accounts": None} | how
    return [f"{hit.kind[0]}{hit.record_id}" for hit in find(text, **given)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("恒达", ["c2", "a2", "a1"]),
        ("达恒", ["a3", "a2"][::-1]),
        ("恒", ["c2", "a2", "a1", "a3", "c1"]),
        ("机械有限", ["a1"]),
        ("械司", []),
        ("恒达 机械", ["a1"]),
        ("长安auto西南", ["a4"]),
        ("ＡＵＴＯ", ["a4"]),
        ("hengda", ["c2", "a2", "a1"]),
        ("hdzg", ["a2"]),
        ("hdjx", ["a1"]),
        ("chongqing", ["a4"]),
        ("KH000002", ["a2"]),
        ("kh0000", ["a1", "a2", "a3", "a4"]),
        ("13812345678", ["c1"]),
        ("1381234", ["c1"]),
        ("138", ["a4", "c1"]),
        ("5678", ["c1"]),
        ("8881", ["a1"]),
        ("02158881234", ["a1"]),
        ("", []),
        ("（）", []),
        ("' OR 1=1 --", []),
        ('"恒达" NEAR *', []),
    ],
)
def test_words_and_what_they_find_in_order(text: str, found: list[str]) -> None:
    assert ids(text) == found


def test_one_kind_alone() -> None:
    assert ids("恒达", kinds=["account"]) == ["a2", "a1"]
    assert ids("恒达", kinds=["contact"]) == ["c2"]
    assert ids("恒达", kinds=[]) == []


def test_only_what_hangs_from_visible_accounts() -> None:
    """Any query set of keys will do; here units stand in for accounts."""
    seen = Unit.objects.create(pk=1, code="1", name="1", kind="team")
    accounts = Unit.objects.filter(pk=seen.pk)
    assert ids("恒达", accounts=accounts) == ["c2", "a1"]
    assert ids("13900000002", accounts=accounts) == []
    assert ids("KH000002", accounts=accounts) == []
    assert ids("kh0000", accounts=accounts) == ["a1"]
    assert ids("恒", accounts=accounts) == ["c2", "a1"]


@pytest.mark.parametrize(("few", "most", "sieve"), [(0, 100, 600), (0, 100, 1), (0, 0, 1), (100, 100, 1)])
def test_however_visible_accounts_are_told_apart_the_same_is_found(
    few: int, most: int, sieve: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("FEW_IDS", few), ("MOST_IDS", most), ("SIEVE", sieve), ("WINDOW", 1)):
        monkeypatch.setattr(matching, name, value)
    for pk in (1, 3):
        Unit.objects.create(pk=pk, code=str(pk), name="1", kind="team")
    accounts = Unit.objects.all()
    assert ids("恒", accounts=accounts) == ["c2", "a1", "a3", "c1"]
    assert ids("达恒", accounts=accounts) == ["a3"]
    assert ids("kh0000", accounts=accounts) == ["a1", "a3"]
    assert ids("13812345678", accounts=accounts) == ["c1"]


def test_the_limit_cuts_the_same_order() -> None:
    whole = ids("恒")
    assert [ids("恒", limit=count) for count in range(1, 6)] == [whole[:count] for count in range(1, 6)]


@pytest.mark.parametrize("window", [0, 1, 3, 1000])
def test_how_far_one_looks_before_asking_the_index_changes_nothing(
    window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "WINDOW", window)
    assert ids("恒") == ["c2", "a2", "a1", "a3", "c1"]
    assert ids("达恒") == ["a2", "a3"]


def test_a_record_put_again_is_found_by_its_new_words_only() -> None:
    put(kind="account", record_id=3, account_id=3, title="杭州新辰电子", keys=["KH000003"])
    assert ids("达恒") == ["a2"]
    assert ids("新辰") == ["a3"]
    assert ids("xinchen") == ["a3"]
    assert Entry.objects.count() == 7


def test_a_removed_record_is_not_found() -> None:
    remove(kind="account", record_ids=[2, 3])
    assert ids("达恒") == []
    assert ids("恒达") == ["c2", "a1"]


def test_a_kind_is_rebuilt_without_touching_others() -> None:
    assert rebuild(kind="account", records=ACCOUNTS[:1]) == 1
    assert ids("恒") == ["c2", "a1", "c1"]


def test_common_words_and_rare_ones_among_many() -> None:
    put_many(
        records=(
            Findable("account", 100 + n, n, f"新辰第{n}分公司", keys=[f"XC{n:05d}"]) for n in range(3000)
        )
    )
    assert ids("分公司", limit=3) == ["a100", "a101", "a102"]
    assert ids("第2999分") == ["a3099"]
    assert ids("xc02999") == ["a3099"]
    assert ids("第2", limit=4) == ["a102", "a120", "a121", "a122"]


def test_ten_thousand_records_take_few_queries(django_assert_max_num_queries: object) -> None:
    batches = 2 if connection.vendor == "postgresql" else 200
    records = [Findable("contact", 100 + n, n, f"张{n}") for n in range(6000)]
    with django_assert_max_num_queries(2 * batches + 4):  # type: ignore[operator]
        put_many(records=records)


def test_an_unknown_kind_cannot_be_put() -> None:
    with pytest.raises(KeyError):
        put(kind="invoice", record_id=1, account_id=1, title="x")


def test_long_texts_and_strange_signs_do_no_harm(at: dt.datetime) -> None:
    put(
        kind="account",
        record_id=9,
        account_id=9,
        title="𠮷野家" + "很长" * 300,
        texts=["\x00\n\t🙂''\\:*|&!<->"],
    )
    assert ids("𠮷野") == ["a9"]
    assert ids("🙂") == []
