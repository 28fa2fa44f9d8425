"""ABC analyses through their pages: the real ledger gives the published figures, every number leads to its accounts,
shares stay inside one's scope, and nonsense is answered in words."""

import csv
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from panshi.domains.accounts.models import Account
from panshi.domains.analytics.models import AbcAnalysis
from panshi.domains.ledger.models import Batch
from panshi.ground.audit.models import Event
from panshi.ground.identity.models import Person
from panshi.ground.work.models import Job
from tests.factories.accounts import make_account
from tests.factories.organisation import Company
from tests.web.ledger_desk import Desk, as_csv, filled, said, work_off

Browser = Callable[[Person], Client]
pytestmark = pytest.mark.django_db(transaction=True)

LEDGER = Path(__file__).parents[1] / "data" / "ledger" / "online_retail_ii_2009_2010.parquet"
YEAR = {"first_on": "2026-01-01", "last_on": "2026-12-31"}


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def desk(company: Company, signed_in: Browser) -> Desk:
    return Desk(signed_in(company.operations))


@pytest.fixture
def traded(company: Company, desk: Desk) -> dict[str, Account]:
    """Two years of trade: K1 grew, K2 shrank, K3 left, K4 returned goods, K5 is new."""
    east, south = company.units.east_one, company.units.south_one
    accounts = {
        code: make_account(f"{code}有限公司", code=code, owner=owner, unit=unit)
        for code, owner, unit in (
            ("K1", company.owner, east),
            ("K2", company.owner, east),
            ("K3", company.outsider, south),
            ("K4", company.outsider, south),
            ("K5", company.outsider, south),
        )
    }
    lines: list[tuple[str, str, int]] = [
        ("K1", "2025-05-01", 60), ("K2", "2025-05-01", 900), ("K3", "2025-05-01", 40), ("K4", "2025-06-01", 10),
        ("K1", "2026-05-01", 800), ("K2", "2026-05-01", 150), ("K4", "2026-05-01", -5), ("K5", "2026-06-01", 50),
    ]  # fmt: skip
    desk.bring_in(
        as_csv([[code, "", f"D{n}", day, "泵", 1, amount] for n, (code, day, amount) in enumerate(lines)])
    )
    return accounts


def report(desk: Desk, key: int) -> str:
    answer = desk.browser.get(reverse("analytics:report", args=[key]))
    assert answer.status_code == 200
    return said(answer)


def behind(desk: Desk, key: int, query: str) -> list[str]:
    """The accounts that a figure leads to."""
    page = said(desk.browser.get(f"{reverse('analytics:accounts', args=[key])}?{query}"))
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return [part.partition("</a>")[0].rpartition(">")[2] for part in rows.split('<td class="p1 title">')[1:]]


def exported(desk: Desk, key: int) -> list[list[str]]:
    return list(csv.reader(said(desk.browser.get(reverse("analytics:export", args=[key]))).splitlines()))


def test_the_real_ledger_gives_the_reference_figures(desk: Desk, tmp_path: Path) -> None:
    """525 461 lines as CSV through upload, columns, check, archives and commit; both published rows."""
    source = tmp_path / "real.csv"
    duckdb.execute(f"COPY (SELECT * FROM read_parquet('{LEDGER}')) TO '{source}' (HEADER)")
    batch = Batch.objects.get(pk=desk.bring_in(source.read_bytes(), name="real.csv"))
    assert (batch.state, batch.lines_read, batch.lines_new) == ("committed", 525_461, 417_534)
    period = {"first_on": "2009-12-01", "last_on": "2010-12-31"}
    for asked, lines, shown, figures in (
        (
            period,
            417_534,
            ("4,383", "8,348,208.57", "73.12 %", "0.7008", ">1,183<", ">1,414<", ">1,680<"),
            (4_383, 106, Decimal("8348208.574"), "0.731209", "0.700801"),
        ),
        (
            {**period, "sales_only": "on", "cancelled_prefix": "C"},
            407_664,
            ("4,312", "8,832,003.27", "73.48 %", "0.7044", ">1,176<", ">1,424<", ">1,712<"),
            (4_312, 0, Decimal("8832003.274"), "0.734765", "0.704444"),
        ),
    ):
        key = desk.analyse(**asked)
        page = report(desk, key)
        assert [figure for figure in (*shown, f"{lines:,}") if figure not in page] == []
        found = AbcAnalysis.objects.get(pk=key)
        assert found.top_share is not None
        assert found.gini is not None
        assert (
            *(found.accounts, found.non_positive, found.net_total),
            *(f"{found.top_share:.6f}", f"{found.gini:.6f}"),
        ) == figures
        table = exported(desk, key)
        assert len(table) == 1 + found.accounts - found.non_positive
        assert [row[6][0] for row in table[1:]].count("A") == int(shown[4].strip("<>").replace(",", ""))
    first = AbcAnalysis.objects.order_by("pk").first()
    assert first is not None
    assert exported(desk, first.pk)[1][:4] == ["1", "18102", "18102", "341776.7300"]
    assert len(behind(desk, first.pk, "now=non_positive&page=2")) == 6


def test_the_table_is_offered_as_a_file_to_those_who_may_export(
    company: Company, traded: dict[str, Account], desk: Desk, signed_in: Browser
) -> None:
    key = desk.analyse(**YEAR)
    address = reverse("analytics:export", args=[key])
    assert address in report(desk, key)
    reader = signed_in(company.compliance)
    assert address not in said(reader.get(reverse("analytics:report", args=[key])))
    assert reader.get(address).status_code == 403


def test_four_steps_and_every_figure_leads_to_its_accounts(traded: dict[str, Account], desk: Desk) -> None:
    key = desk.analyse(**YEAR)
    page = report(desk, key)
    for words in ("第一步", "第二步", "第三步", "第四步", "80.0 %", "995.00", "1,000.00"):
        assert words in page
    assert behind(desk, key, "") == ["K1有限公司", "K2有限公司", "K5有限公司"]
    assert behind(desk, key, "now=A") == ["K1有限公司"]
    assert behind(desk, key, "now=non_positive") == ["K4有限公司"]
    assert behind(desk, key, "before=A&now=B") == ["K2有限公司"]
    assert behind(desk, key, "before=C&now=absent") == ["K3有限公司"]
    cells = page.partition("升降级矩阵")[2]
    for cell in (
        "before=B&amp;now=A",
        "before=A&amp;now=B",
        "before=C&amp;now=absent",
        "before=absent&amp;now=C",
    ):
        assert cell in cells
    assert "这里没有客户" in said(
        desk.browser.get(f"{reverse('analytics:accounts', args=[key])}?before=A&now=A")
    )
    assert f'href="{reverse("accounts:detail", args=[traded["K1"].pk, "trade"])}"' in page


def test_while_it_is_made_the_page_waits(traded: dict[str, Account], desk: Desk) -> None:
    address = reverse("analytics:ask")
    values = {**filled(said(desk.browser.get(address))), **YEAR}
    waiting = desk.browser.post(address, values)["Location"]
    assert "正在分析" in said(desk.browser.get(waiting))
    work_off()
    assert "第四步" in said(desk.browser.get(waiting))
    assert desk.browser.post(address, values)["Location"] == waiting, "the same question is answered once"
    assert not Job.objects.filter(state="waiting").exists()
    assert desk.browser.get(reverse("analytics:abc"))["Location"] == waiting


def test_recording_says_what_it_does_and_shows_on_the_account(traded: dict[str, Account], desk: Desk) -> None:
    key = desk.analyse(**YEAR)
    address = reverse("analytics:record", args=[key])
    assert "3 家客户的 ABC 分类" in said(desk.browser.get(address))
    assert not Account.objects.exclude(abc_class="").exists(), "asking is not doing"
    desk.browser.post(address)
    assert dict(Account.objects.exclude(abc_class="").values_list("code", "abc_class")) == {
        "K1": "A",
        "K2": "B",
        "K5": "C",
    }
    tab = said(desk.browser.get(reverse("analytics:of_account", args=[traded["K1"].pk])))
    assert "2026-12-31" in tab
    assert "记入客户档案</a>" not in report(desk, key), "what is recorded is not offered again"


def test_the_table_leaves_as_a_file_and_that_is_recorded(traded: dict[str, Account], desk: Desk) -> None:
    key = desk.analyse(**YEAR)
    rows = exported(desk, key)
    assert [(row[1], row[6][0], row[7][0]) for row in rows[1:]] == [
        ("K1", "A", "B"),
        ("K2", "B", "A"),
        ("K5", "C", "无"),
    ]
    book = said_bytes(desk, key)
    assert "xl/worksheets/sheet1.xml" in zipfile.ZipFile(io.BytesIO(book)).namelist()
    assert Event.objects.filter(kind="audit.exported").count() == 2


def said_bytes(desk: Desk, key: int) -> bytes:
    answer = desk.browser.get(f"{reverse('analytics:export', args=[key])}?kind=xlsx")
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


class TestScope:
    """Shares and ranks inside what a person may see; what others asked is not there."""

    def test_a_manager_counts_own_accounts_only(
        self, company: Company, traded: dict[str, Account], desk: Desk, signed_in: Browser
    ) -> None:
        whole = desk.analyse(**YEAR)
        manager = Desk(signed_in(company.owner))
        own = manager.analyse(**YEAR)
        assert behind(manager, own, "") == ["K1有限公司", "K2有限公司"]
        assert "我可见的客户" in report(manager, own)
        outsider = signed_in(company.outsider)
        for verb in ("report", "accounts", "export", "record"):
            hidden = outsider.get(reverse(f"analytics:{verb}", args=[own]))
            nowhere = outsider.get(reverse(f"analytics:{verb}", args=[987654]))
            assert hidden.status_code == nowhere.status_code == 404, verb
            assert manager.browser.get(reverse(f"analytics:{verb}", args=[whole])).status_code in {403, 404}
        for account in ("K3", "K1"):
            answer = outsider.get(reverse("analytics:of_account", args=[traded[account].pk]))
            assert answer.status_code == (200 if account == "K3" else 404)

    @pytest.mark.parametrize("who", ["administrator", "newcomer", "teammate"])
    def test_who_holds_no_right_to_figures_sees_none(
        self, company: Company, traded: dict[str, Account], desk: Desk, signed_in: Browser, who: str
    ) -> None:
        key = desk.analyse(**YEAR)
        browser = signed_in(getattr(company, who))
        for name, args in (
            *(("analytics:abc", []), ("analytics:ask", [])),
            *((f"analytics:{verb}", [key]) for verb in ("report", "accounts", "export", "record")),
        ):
            for answer in (
                browser.get(reverse(name, args=args)),
                browser.post(reverse(name, args=args), YEAR),
            ):
                assert answer.status_code == 403, (name, answer.status_code)
        assert AbcAnalysis.objects.count() == 1


class TestNonsense:
    """What no form of ours would send."""

    @pytest.mark.parametrize(
        "sent",
        [
            {"first_on": "2026-12-31", "last_on": "2026-01-01"},
            {"first_on": "yesterday"},
            {"first_on": ""},
            {"last_on": "99999-01-01"},
            {"first_on": "0001-01-01"},
            {"last_on": "9999-12-31"},
            {"measure": "password"},
            {"a": "96"},
            {"b": "101"},
            {"a": "NaN"},
            {"a": "-1"},
            {"unit": "987654"},
            {"ties": "maybe"},
            {"cancelled_prefix": "C" * 21},
            {"cancelled_prefix": "\x00"},
        ],
        ids=str,
    )
    def test_a_question_without_sense_is_asked_again(
        self, traded: dict[str, Account], desk: Desk, sent: dict[str, str]
    ) -> None:
        address = reverse("analytics:ask")
        values = {**filled(said(desk.browser.get(address))), **YEAR, **sent}
        answer = desk.browser.post(address, values)
        assert answer.status_code == 422
        assert not AbcAnalysis.objects.exists()

    def test_without_a_ledger_the_form_says_so(self, desk: Desk) -> None:
        answer = desk.browser.post(
            reverse("analytics:ask"), {**filled(said(desk.browser.get(reverse("analytics:ask")))), **YEAR}
        )
        assert answer.status_code == 422
        assert "台账" in said(answer)

    @pytest.mark.parametrize("page", ["1" + "0" * 30, "0", "-1", "x", "９", "", str(2**63)])
    def test_pages_that_are_not_there(self, traded: dict[str, Account], desk: Desk, page: str) -> None:
        key = desk.analyse(**YEAR)
        assert desk.browser.get(reverse("analytics:accounts", args=[key]), {"page": page}).status_code == 200

    @pytest.mark.parametrize("query", ["now=D", "before=A&now=1' OR 1=1", "before=%00", "now=A&before=Z"])
    def test_cells_that_are_not_there(self, traded: dict[str, Account], desk: Desk, query: str) -> None:
        key = desk.analyse(**YEAR)
        address = f"{reverse('analytics:accounts', args=[key])}?{query}"
        assert desk.browser.get(address).status_code == 404

    @pytest.mark.parametrize("key", [0, 987654321, 2**63, 10**30])
    def test_analyses_that_are_not_there(self, desk: Desk, key: int) -> None:
        for verb in ("report", "record", "accounts", "export", "of_account"):
            assert desk.browser.get(reverse(f"analytics:{verb}", args=[key])).status_code == 404
            if verb == "record":
                assert desk.browser.post(reverse(f"analytics:{verb}", args=[key])).status_code == 404
