"""The import wizard as sales operations walk it: a file from an ERP, dirt and strangers included, into the ledger,
onto the account's page, and out again; and what the pages answer to those who may not or mean ill."""

import csv
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from panshi.calc.likeness import block
from panshi.calc.naming import matching_name
from panshi.domains.accounts.models import Account
from panshi.domains.ledger.models import AccountMonth, Batch, BatchState, UnknownAccount
from panshi.ground.identity.models import Person
from tests.factories.accounts import make_account
from tests.factories.organisation import Company
from tests.web.ledger_desk import FRAGMENT, HEADINGS, Desk, as_csv, filled, said, work_off

Browser = Callable[[Person], Client]
pytestmark = pytest.mark.django_db(transaction=True)

NAME = "恒岳精密机械有限公司"
LAST_MONTH = timezone.localdate().replace(day=1) - dt.timedelta(days=28)
DAY = LAST_MONTH.isoformat()
MONTH = f"{LAST_MONTH:%Y-%m}"
ROWS: list[list[object]] = [
    ["K1", NAME, "D1", DAY, "泵", 2, "1,000.00"],
    ["K1", NAME, "D1", DAY, "阀", 1, 50],
    ["", "乙电子（上海）有限公司", "D2", DAY, "泵", 1, "-30.5"],
    ["K7", "丙贸易行", "D3", DAY, "泵", 4, 400],
    ["K7", "丙贸易行", "D3", "2026-2-30", "泵", 4, 400],
    ["K8", "丁工程有限公司", "D4", DAY, "泵", 1, "=1+1"],
    ["K8", "丁工程有限公司", "D5", DAY, "泵", 1, 70],
    ["K9", "恒岳精蜜机械有限公司", "D6", DAY, "阀", 1, 9],
]
"""Two accounts we know (one by name only), three we do not, two rows nobody can read: lines 6 and 7 of the file."""


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def known(company: Company) -> dict[str, Account]:
    units = company.units
    return {
        "K1": make_account(
            NAME, code="K1", owner=company.owner, unit=units.east_one, name_block=block(matching_name(NAME))
        ),
        "K2": make_account("乙电子(上海)有限公司", code="K2", owner=company.outsider, unit=units.south_one),
    }


@pytest.fixture
def desk(company: Company, signed_in: Browser) -> Desk:
    return Desk(signed_in(company.operations))


def keys(batch: int) -> dict[str, int]:
    return dict(UnknownAccount.objects.filter(batch=batch).values_list("code", "key"))


class TestWizard:
    """One file from beginning to end."""

    def test_columns_are_guessed_from_a_file_in_the_national_encoding(
        self, known: dict[str, Account], desk: Desk
    ) -> None:
        page = desk.page(desk.upload(as_csv(ROWS)))
        assert "文件的前几行" in page
        assert NAME in page
        chosen = filled(page)
        assert (chosen["account"], chosen["account_name"], chosen["date"]) == ("客户编码", "客户名称", "日期")
        assert (chosen["document"], chosen["amount"], chosen["quantity"]) == ("单据号", "金额", "数量")

    def test_the_whole_way_into_the_ledger_and_out_again(
        self, company: Company, known: dict[str, Account], desk: Desk, signed_in: Browser
    ) -> None:
        batch = desk.upload(as_csv(ROWS))
        page = desk.check(batch)
        for line, reason in ((6, "日期不存在"), (7, "金额无法识别")):
            assert f'<td class="num">{line}</td><td class="bad">{reason}</td>' in page
        assert "disabled" in page.partition(reverse("ledger:commit", args=[batch]))[2][:200]
        rejected = csv.reader(said(desk.browser.get(reverse("ledger:rejected", args=[batch]))).splitlines())
        assert [row[0] for row in rejected][1:] == ["6", "7"]

        assert "另有 3 行属于未识别的客户" in page, "the comparison knows nothing of strangers, and says so"
        strangers = desk.unknown(batch)
        assert "3 待处理 / 共 3" in strangers
        assert "丙贸易行" in strangers
        code = keys(batch)
        offered = said(desk.browser.get(reverse("ledger:match", args=[batch, code["K9"]])))
        assert f'name="account" value="{known["K1"].pk}"' in offered
        desk.act("match", batch, code["K9"], account=known["K1"].pk)
        desk.act("create_one", batch, code["K7"])
        desk.act("leave_one", batch, code["K8"])
        assert "0 待处理 / 共 3" in desk.unknown(batch)
        desk.act("reopen", batch, code["K8"])
        assert "1 待处理 / 共 3" in desk.unknown(batch)
        desk.act("leave_all", batch)
        assert "另有 2 行" in desk.page(batch), "what is left out is not counted"

        assert "disabled" not in desk.page(batch).partition(reverse("ledger:commit", args=[batch]))[2][:200]
        desk.act("commit", batch)
        assert "已入账" in desk.page(batch)
        assert Account.objects.filter(name="丙贸易行", code="K7").exists()
        assert MONTH in (tab := said(desk.browser.get(reverse("ledger:of_account", args=[known["K1"].pk]))))
        assert "1,059.00" in tab

        self.lines_stand_behind_the_month(signed_in(company.owner), known)
        desk.act("revert", batch)
        assert Batch.objects.get(pk=batch).state == BatchState.REVERTED
        assert not AccountMonth.objects.exists()
        assert "还没有交易" in said(desk.browser.get(reverse("ledger:of_account", args=[known["K1"].pk])))
        again = desk.check(desk.upload(as_csv(ROWS)))
        assert "新增 4 行，更正 0 行，未变 0 行" in again, "the archive opened for K7 stays and is known now"

    def lines_stand_behind_the_month(self, browser: Client, known: dict[str, Account]) -> None:
        address = reverse("ledger:lines", args=[known["K1"].pk, MONTH])
        assert "正在从台账中取出明细" in said(browser.get(address))
        work_off()
        page = said(browser.get(address))
        assert [f">{document}<" in page for document in ("D1", "D6", "D2")] == [True, True, False]
        assert browser.get(reverse("ledger:lines", args=[known["K2"].pk, MONTH])).status_code == 404

    def test_all_strangers_become_archives_at_once(self, known: dict[str, Account], desk: Desk) -> None:
        batch = desk.upload(as_csv(ROWS, "utf-8-sig"))
        desk.check(batch)
        question = said(desk.browser.get(reverse("ledger:create_all", args=[batch])))
        assert "将新建 3 个客户档案" in question
        assert "btn-danger" not in question, "opening archives harms nothing"
        desk.act("create_all", batch)
        assert "0 待处理 / 共 3" in desk.unknown(batch)
        desk.act("commit", batch)
        assert AccountMonth.objects.count() == 5

    def test_the_same_file_again_changes_nothing(self, known: dict[str, Account], desk: Desk) -> None:
        desk.bring_in(as_csv(ROWS))
        again = desk.upload(as_csv(ROWS))
        page = desk.check(again)
        assert "新增 0 行，更正 0 行，未变 6 行" in page
        corrected = [*ROWS[:1], [*ROWS[1][:6], 60], *ROWS[2:]]
        page = desk.check(desk.upload(as_csv(corrected)))
        assert "新增 0 行，更正 1 行，未变 5 行" in page

    def test_a_discarded_file_leaves_nothing(self, known: dict[str, Account], desk: Desk) -> None:
        batch = desk.upload(as_csv(ROWS))
        assert "台账不受影响" in said(desk.browser.get(reverse("ledger:discard", args=[batch])))
        desk.act("discard", batch)
        assert not AccountMonth.objects.exists()
        assert desk.act("commit", batch).status_code == 404
        assert not AccountMonth.objects.exists()

    def test_the_list_says_where_every_batch_stands_and_leaves_as_a_file(
        self, known: dict[str, Account], desk: Desk
    ) -> None:
        desk.bring_in(as_csv(ROWS), name="十月.csv")
        desk.upload(as_csv(ROWS), name="等着.csv")
        page = said(desk.browser.get("/ledger/"))
        assert "十月.csv" in page
        waiting = said(
            desk.browser.get("/ledger/?state=inspected", headers={**FRAGMENT, "HX-Target": "list"})
        )
        assert ("等着.csv" in waiting, "十月.csv" in waiting) == (True, False)
        rows = list(csv.reader(said(desk.browser.get("/ledger/export/?format=csv")).splitlines()))
        assert {row[0] for row in rows[1:-1]} == {"十月.csv", "等着.csv"}

    def test_counts_stand_with_separators_and_leave_as_numbers(
        self, known: dict[str, Account], desk: Desk
    ) -> None:
        batch = desk.upload(as_csv(ROWS))
        Batch.objects.filter(pk=batch).update(lines_staged=1_234_567)
        assert "1,234,567" in said(desk.browser.get("/ledger/"))
        assert "1234567" in said(desk.browser.get("/ledger/export/?format=csv"))


class TestRefusals:
    """Files, columns and people that do not fit."""

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("空.csv", b"\n"),
            ("假.xlsx", b"PK\x03\x04 not a workbook"),
            ("乱.csv", bytes(range(256)) * 40),
            ("假.parquet", b"PAR1nothingPAR1"),
            ("只有标题.csv", ",".join(HEADINGS).encode()),
        ],
    )
    def test_files_nobody_can_read_fail_with_words(self, desk: Desk, name: str, content: bytes) -> None:
        answer = desk.browser.post(
            reverse("ledger:upload"), {"source": "ERP", "file": SimpleUploadedFile(name, content)}
        )
        work_off()
        assert answer.status_code in {302, 422}
        if answer.status_code == 302:
            batch = int(answer["Location"].strip("/").rpartition("/")[2])
            page = desk.page(batch)
            assert "Traceback" not in page
            assert not AccountMonth.objects.exists()

    @pytest.mark.parametrize(
        "sent", [{"source": ""}, {"source": "ERP"}, {"source": "x" * 61}, {"source": "\x00"}]
    )
    def test_an_upload_without_file_or_source_is_asked_again(self, desk: Desk, sent: dict[str, str]) -> None:
        assert desk.browser.post(reverse("ledger:upload"), sent).status_code == 422
        assert not Batch.objects.exists()

    @pytest.mark.parametrize(
        "nonsense",
        [
            {"account": "没有这列"},
            {"account": "", "account_name": ""},
            {"document": "日期"},
            {"amount": "", "price": ""},
            {"default_currency": "??"},
            {"default_currency": "人民币"},
            {"day_order": "sideways"},
            {"date": "\x00"},
        ],
    )
    def test_columns_that_make_no_lines_are_said_at_the_form(
        self, desk: Desk, nonsense: dict[str, str]
    ) -> None:
        batch = desk.upload(as_csv(ROWS))
        address = reverse("ledger:columns", args=[batch])
        values = {**filled(said(desk.browser.get(address))), **nonsense}
        answer = desk.browser.post(address, values)
        assert answer.status_code == 422
        assert "对应列" in said(answer)
        assert Batch.objects.get(pk=batch).state == BatchState.INSPECTED

    def test_decisions_are_only_taken_by_post_and_only_about_this_batch(
        self, known: dict[str, Account], desk: Desk
    ) -> None:
        batch = desk.upload(as_csv(ROWS))
        desk.check(batch)
        other = desk.upload(as_csv(ROWS[:1]), source="另一个")
        key = keys(batch)["K7"]
        for verb in ("create_one", "leave_one", "reopen"):
            assert desk.browser.get(reverse(f"ledger:{verb}", args=[batch, key])).status_code == 404
            assert desk.act(verb, other, key).status_code == 404
        assert UnknownAccount.objects.open().count() == 3
        desk.browser.get(reverse("ledger:commit", args=[batch]))
        assert desk.act("commit", batch).status_code == 302
        assert not AccountMonth.objects.exists(), "three accounts are still unknown"

    def test_an_account_outside_ones_scope_cannot_be_matched(
        self, company: Company, known: dict[str, Account], desk: Desk, signed_in: Browser
    ) -> None:
        batch = desk.upload(as_csv(ROWS))
        desk.check(batch)
        key = keys(batch)["K9"]
        director = Desk(signed_in(company.director))
        assert director.act("match", batch, key, account=known["K2"].pk).status_code == 404
        assert director.act("match", batch, key, account="1" + "0" * 18).status_code == 404
        assert director.act("match", batch, key, account="nobody").status_code == 404
        assert director.act("match", batch, key, account="").status_code == 422
        assert director.act("match", batch, key, account=known["K1"].pk).status_code == 302

    @pytest.mark.parametrize("who", ["owner", "supervisor", "general_manager", "compliance", "administrator"])
    def test_who_may_not_import_gets_nowhere(
        self, company: Company, known: dict[str, Account], desk: Desk, signed_in: Browser, who: str
    ) -> None:
        batch = desk.upload(as_csv(ROWS))
        desk.check(batch)
        key = keys(batch)["K7"]
        browser = signed_in(getattr(company, who))
        for name, args in (
            *((f"ledger:{verb}", [batch]) for verb in ("detail", "columns", "commit", "revert", "discard")),
            *((f"ledger:{verb}", [batch]) for verb in ("rejected", "unknown", "create_all", "leave_all")),
            *((f"ledger:{verb}", [batch, key]) for verb in ("match", "create_one", "leave_one", "reopen")),
        ):
            for answer in (browser.get(reverse(name, args=args)), browser.post(reverse(name, args=args))):
                assert answer.status_code == 403, name
        assert Batch.objects.get(pk=batch).state == BatchState.STAGED
        assert UnknownAccount.objects.open().count() == 3

    @pytest.mark.parametrize("key", [0, 987654321, 2**63, 10**30])
    def test_keys_that_are_not_there(self, known: dict[str, Account], desk: Desk, key: int) -> None:
        batch = desk.upload(as_csv(ROWS))
        for name, args in (
            *(
                (f"ledger:{verb}", [key])
                for verb in ("detail", "columns", "rejected", "unknown", "of_account")
            ),
            ("ledger:match", [batch, key]),
            ("ledger:lines", [key, MONTH]),
        ):
            assert desk.browser.get(reverse(name, args=args)).status_code == 404, name
        page = desk.browser.get(f"{reverse('ledger:unknown', args=[batch])}?from={key}")
        assert page.status_code == 200
        assert desk.browser.get(f"{reverse('ledger:detail', args=[batch])}?job={key}").status_code == 200

    @pytest.mark.parametrize("month", ["2026-13", "0001-01", "9999-12", "x", "2026-1-1", "-", "２０２６-01"])
    def test_months_that_do_not_exist(self, known: dict[str, Account], desk: Desk, month: str) -> None:
        address = reverse("ledger:lines", args=[known["K1"].pk, "0"])[:-2] + f"{month}/"
        assert desk.browser.get(address).status_code == 404

    def test_hostile_names_in_a_file_are_only_text(self, known: dict[str, Account], desk: Desk) -> None:
        rows = [["X1", "<script>alert(1)</script>", "D1", DAY, "<b>泵", 1, 10]]
        batch = desk.upload(as_csv(rows), name="<img src=x>.csv", source="<i>ERP")
        for page in (
            desk.page(batch),
            desk.check(batch),
            desk.unknown(batch),
            said(desk.browser.get("/ledger/")),
        ):
            for raw in ("<script>alert(1)", "<b>泵", "<img src=x>", "<i>ERP"):
                assert raw not in page
