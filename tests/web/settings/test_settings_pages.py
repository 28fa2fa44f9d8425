"""The pages of the settings: what an administrator sees, does, is refused, and can take back."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.reports import concerns
from panshi.ground.identity.models import Person
from panshi.ground.settings import reports
from panshi.ground.settings.models import CustomField, Dictionary, DictionaryValue, RecordKind
from panshi.ground.settings.services import change_setting, set_custom_values
from tests.factories.accounts import make_account
from tests.factories.custom import choice_of, make_dictionary, make_field
from tests.factories.organisation import AT, SYSTEM, Company

pytestmark = pytest.mark.django_db
SignedIn = Callable[[Person], Client]
VALUE = "/setup/values/accounts.silent_days/"


@pytest.fixture
def browser(company: Company, signed_in: SignedIn) -> Client:
    """Where the administrator works."""
    return signed_in(company.administrator)


class TestValues:
    """Values by topic."""

    def test_home_says_who_when_and_why(self, browser: Client) -> None:
        assert (
            browser.post(VALUE, {"value": "45", "why": "销售部决定", "expected_version": 0}).status_code
            == 302
        )
        page = browser.get("/setup/").content.decode()
        for words in ("45 天", "默认 30 天", "管维", "销售部决定"):
            assert words in page

    @pytest.mark.parametrize(("typed", "found"), [("shilian", True), ("失联", True), ("没有这种", False)])
    def test_home_finds_by_words_and_pinyin(self, browser: Client, typed: str, found: bool) -> None:
        page = browser.get("/setup/", {"q": typed}).content.decode()
        assert ("多少天没有接触算失联" in page) is found
        assert ("没有找到这样的设置" in page) is not found

    def test_a_refusal_stands_at_its_field(self, browser: Client) -> None:
        answer = browser.post(VALUE, {"value": "0", "why": "因为", "expected_version": 0})
        assert answer.status_code == 422
        assert "不能小于 1。" in answer.content.decode()
        assert browser.post(VALUE, {"value": "45", "why": "", "expected_version": 0}).status_code == 422
        assert reports.value("accounts.silent_days") == 30

    def test_somebody_faster_is_told_and_nothing_is_overwritten(self, browser: Client) -> None:
        change_setting(
            code="accounts.silent_days", value=60, reason="他人", expected_number=0, by=SYSTEM, at=AT
        )
        answer = browser.post(VALUE, {"value": "45", "why": "因为", "expected_version": 0})
        assert answer.status_code == 422
        assert "刚被他人修改" in answer.content.decode()
        assert reports.value("accounts.silent_days") == 60

    def test_earlier_values_and_the_default_can_be_put_back(self, browser: Client) -> None:
        for number, value in enumerate(("45", "60")):
            browser.post(VALUE, {"value": value, "why": "试", "expected_version": number})
        assert "30 天 → 45 天" in browser.get(VALUE).content.decode()
        assert browser.post(f"{VALUE}restore/1/", {"why": "改回", "expected_version": 2}).status_code == 302
        assert reports.value("accounts.silent_days") == 45
        assert browser.post(f"{VALUE}reset/", {"why": "改回", "expected_version": 3}).status_code == 302
        assert reports.value("accounts.silent_days") == 30
        assert browser.post(f"{VALUE}restore/9/", {"why": "x", "expected_version": 4}).status_code == 404

    def test_what_is_set_is_what_the_archive_says(self, company: Company, browser: Client) -> None:
        account = make_account(owner=company.owner, last_contact_on=AT.date().replace(day=1))
        told = lambda: {one.code for one in concerns(account, on=AT.date(), viewer=SYSTEM)}  # noqa: E731
        assert "silent" not in told()
        browser.post(VALUE, {"value": "7", "why": "更勤", "expected_version": 0})
        assert "silent" in told()


class TestFields:
    """Custom fields without code."""

    def test_a_field_is_made_previewed_and_changed(self, browser: Client) -> None:
        assert "还没有自定义字段" in browser.get("/setup/fields/").content.decode()
        dictionary = make_dictionary()
        sent = {"label": "自动化水平", "kind": "choice", "dictionary": dictionary.pk, "group": "工厂"}
        assert browser.post("/setup/fields/account/new/", sent).status_code == 302
        field = CustomField.objects.get()
        page = browser.get("/setup/fields/").content.decode()
        assert "自动化水平" in page
        assert "焊装" in page  # the form as people will meet it
        edited = {"label": "自动化程度", "required": "on", "expected_version": 1}
        assert browser.post(f"/setup/field/{field.pk}/", edited).status_code == 302
        make_account()
        page = browser.get(f"/setup/field/{field.pk}/").content.decode()
        assert "有 1 条记录还没有填" in page
        assert f"custom.{field.code}.is=empty" in page
        assert "自动化水平 → 自动化程度" in page

    def test_refusals_stand_at_their_fields(self, browser: Client) -> None:
        make_field(code="site")
        sent = {"label": "厂区编号", "kind": "day", "unique": "on", "code": "Site"}
        answer = browser.post("/setup/fields/account/new/", sent)
        assert answer.status_code == 422
        assert "代码以小写字母开头" in answer.content.decode()
        answer = browser.post("/setup/fields/account/new/", {**sent, "code": "two"})
        assert "已有同名的字段" in answer.content.decode()
        assert "只有文本和数字可以要求不重复" in answer.content.decode()
        assert browser.post("/setup/fields/account/new/", {"label": "x", "kind": "choice"}).status_code == 422
        assert CustomField.objects.count() == 1

    def test_two_administrators_see_both_versions(self, browser: Client) -> None:
        field = make_field()
        address = f"/setup/field/{field.pk}/"
        browser.post(address, {"label": "甲名", "expected_version": 1})
        answer = browser.post(address, {"label": "乙名", "expected_version": 1})
        assert answer.status_code == 409
        assert "甲名" in answer.content.decode()
        field.refresh_from_db()
        assert field.label == "甲名"

    def test_order_by_button_and_by_dragging(self, browser: Client) -> None:
        keys = [make_field("text", label).pk for label in "甲乙丙"]
        order = "/setup/fields/account/order/"
        browser.post(order, {"key": keys[2], "move": "up"})
        codes = [spec.id for spec in reports.custom_fields(RecordKind.ACCOUNT, viewer=SYSTEM)]
        assert codes == [keys[0], keys[2], keys[1]]
        browser.post(order, {"order": keys[::-1]})
        codes = [spec.id for spec in reports.custom_fields(RecordKind.ACCOUNT, viewer=SYSTEM)]
        assert codes == keys[::-1]
        assert browser.post(order, {"order": keys[:2]}).status_code == 422
        assert browser.get(order).status_code == 404

    def test_retiring_says_how_many_and_comes_back(self, browser: Client) -> None:
        field = make_field(code="site")
        set_custom_values(record_kind=RecordKind.ACCOUNT, record_id=1, values={"custom.site": "x"}, by=SYSTEM)
        address = f"/setup/field/{field.pk}/retire/"
        assert "有 1 条记录填了它" in browser.get(address).content.decode()
        assert browser.post(address).status_code == 302
        assert "保留着 1 条记录的值" in browser.get("/setup/fields/").content.decode()
        assert browser.post(f"/setup/field/{field.pk}/reinstate/").status_code == 302
        field.refresh_from_db()
        assert field.retired_at is None


class TestDictionaries:
    """Lists of choices."""

    def test_a_dictionary_is_made_and_filled(self, browser: Client) -> None:
        assert "还没有字典" in browser.get("/setup/dictionaries/").content.decode()
        assert browser.post("/setup/dictionaries/new/", {"label": "车间"}).status_code == 302
        address = f"/setup/dictionaries/{Dictionary.objects.get().pk}/"
        assert "还没有值" in browser.get(address).content.decode()
        assert browser.post(f"{address}add/", {"label": "冲压", "label_en": "Stamping"}).status_code == 302
        assert browser.post(f"{address}add/", {"label": "冲压"}).status_code == 422
        page = browser.get(address).content.decode()
        assert "Stamping" in page
        assert "添加字典值" in page  # its history

    def test_a_value_in_use_is_retired_or_replaced_not_deleted(self, browser: Client) -> None:
        dictionary = make_dictionary()
        make_field("choice", "一", code="one", dictionary=dictionary)
        set_custom_values(record_kind=RecordKind.ACCOUNT, record_id=1, values={"custom.one": "a"}, by=SYSTEM)
        used, other = choice_of(dictionary, "a"), choice_of(dictionary, "b")
        answer = browser.post(f"/setup/choices/{used.pk}/delete/")
        assert answer.status_code == 422
        assert "有 1 条记录在用“冲压”，不能删除" in answer.content.decode()
        page = browser.get(f"/setup/choices/{used.pk}/replace/").content.decode()
        assert "有 1 条记录会改成选中的值" in page
        assert browser.post(f"/setup/choices/{used.pk}/replace/", {"other": other.pk}).status_code == 302
        assert browser.post(f"/setup/choices/{used.pk}/delete/").status_code == 302
        assert browser.post(f"/setup/choices/{other.pk}/retire/").status_code == 302
        assert not DictionaryValue.objects.get(pk=other.pk).active


class TestCalendarAndNumbers:
    """The official calendar and number formats."""

    def test_a_year_is_typed(self, browser: Client) -> None:
        assert "还没有 2027 年的通知" in browser.get("/setup/calendar/").content.decode()
        sent = {
            "notice": "国办发明电〔2026〕1 号",
            "days": "1月1日至1月3日 放假 元旦\n1月9日 上班",
            "expected_version": 0,
        }
        assert browser.post("/setup/calendar/2027/", sent).status_code == 302
        page = browser.get("/setup/calendar/").content.decode()
        assert "放假 3 天，调休上班 1 天" in page
        assert "国办发明电〔2026〕1 号" in page
        answer = browser.post("/setup/calendar/2027/", {**sent, "days": "某天 放假", "expected_version": 1})
        assert "第 1 行：“某天”不是日期。" in answer.content.decode()

    def test_a_year_is_uploaded(self, browser: Client) -> None:
        book, kept = openpyxl.Workbook(), io.BytesIO()
        for row in (
            ["日期", "安排", "名称"],
            ["2027-10-01~2027-10-07", "放假", "国庆"],
            ["2027-09-26", "上班", ""],
        ):
            book.active.append(row)  # type: ignore[union-attr]
        book.save(kept)
        file = SimpleUploadedFile("安排.xlsx", kept.getvalue())
        sent = {"notice": "通知", "file": file, "expected_version": 0}
        assert browser.post("/setup/calendar/2027/", sent).status_code == 302
        known = reports.official_calendar(2027)
        assert known is not None
        assert len(known.off) == 7
        wrong = SimpleUploadedFile("图.xlsx", b"\x89PNG\r\n\x1a\n" + b"0" * 100)
        answer = browser.post(
            "/setup/calendar/2027/", {"notice": "通知", "file": wrong, "expected_version": 1}
        )
        assert answer.status_code == 422

    def test_new_records_take_the_new_format(
        self, company: Company, signed_in: SignedIn, browser: Client
    ) -> None:
        sent = {"prefix": "DK", "width": 4, "next_number": 7, "why": "新制度"}
        assert browser.post("/setup/numbering/accounts/", sent).status_code == 302
        assert "DK0007" in browser.get("/setup/numbering/").content.decode()
        signed_in(company.owner).post("/accounts/new/", {"name": "西山精工"})
        assert Account.objects.get(name="西山精工").code == "DK0007"
        answer = browser.post("/setup/numbering/accounts/", {**sent, "next_number": 7})
        assert "前缀不变时" in answer.content.decode()


@pytest.mark.parametrize("address", ["/setup/", "/setup/fields/", "/setup/dictionaries/", "/setup/calendar/"])
def test_the_pages_speak_english_too(company: Company, signed_in: SignedIn, address: str) -> None:
    Person.objects.filter(pk=company.administrator.pk).update(language="en")
    assert signed_in(company.administrator).get(address).status_code == 200
