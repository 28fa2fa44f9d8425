"""Files of contacts and of the contact log: whose rows they are, what they change, what is refused, the way back."""

import datetime as dt

import pytest
from django.utils import timezone

from panshi.domains.accounts.models import Account, Touch
from panshi.domains.accounts.reports.imports.preview import preview
from panshi.domains.accounts.services.imports.applying import apply_import
from panshi.domains.accounts.services.imports.batches import CannotStartImport, start_import
from panshi.domains.accounts.services.imports.undoing import CannotUndoImport, kept_rows, undo_import
from panshi.domains.people.models import Contact, LogEntry
from panshi.domains.people.services import log_contact, update_contact, void_log
from panshi.ground.audit.models import Event
from panshi.ground.base.models import NEVER, NOT_PLANNED
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.notices.models import Notice
from panshi.ground.search.models import Entry
from panshi.ground.settings.models import CustomValue
from tests.factories.accounts import make_account
from tests.factories.custom import make_field
from tests.factories.imports import counts, imported, queued, reasons
from tests.factories.organisation import SYSTEM, Company

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]
USCC = "91110000600037341L"


@pytest.fixture
def ours(company: Company) -> Account:
    """An account the director reaches."""
    return make_account("甲机械", code="A1", uscc=USCC, owner=company.owner, unit=company.units.east_one)


class TestContacts:
    """Rows as people at accounts."""

    def test_rows_find_their_account_by_code_credit_code_and_name(
        self, company: Company, ours: Account, at: dt.datetime
    ) -> None:
        make_account("乙电子", code="A2", owner=company.owner, unit=company.units.east_one)
        make_account("乙 电子", code="A3", owner=company.owner, unit=company.units.east_one)
        make_account("南方钢铁", code="S1", owner=company.outsider, unit=company.units.south_one)
        batch = imported(
            "客户编号,信用代码,客户名称,姓名,职务,手机,主要联系人\n"
            "A1,,,王一,采购经理,13800000001,是\n"
            f",{USCC},,李二,,,\n"
            ",,甲机械,赵三,,,\n"
            ",,乙电子,钱四,,,\n"
            "S1,,,孙五,,,\n"
            ",,,周六,,,\n"
            "A1,,,吴七,,,是\n"
            "A1,,,郑八,,,也许\n",
            kind="contacts", by=company.viewer("director"), at=at,
        )  # fmt: skip
        assert counts(batch) == (3, 0, 0, 5)
        assert set(Contact.objects.filter(account=ours).values_list("name", flat=True)) == {
            "王一",
            "李二",
            "赵三",
        }
        assert Contact.objects.get(primary=True).name == "王一"
        why = reasons(batch)
        assert "A2 乙电子、A3 乙 电子" in why[5]
        assert "没有找到客户“S1”" in why[6]
        assert "哪家客户" in why[7]
        assert "第 2 行" in why[8]
        assert Event.objects.filter(kind="people.contact_added").count() == 3
        assert set(Entry.objects.values_list("title", flat=True)) == {"王一", "李二", "赵三"}

    def test_known_people_are_updated_by_mobile_mail_then_name(
        self, company: Company, ours: Account, at: dt.datetime
    ) -> None:
        by = company.viewer("director")
        make_field("text", "爱好", code="hobby", record_kind="contact")
        imported(
            "客户编号,姓名,手机,邮箱,爱好\nA1,王一,138-0000-0001,,茶\nA1,李二,,li@a.cn,\nA1,赵三,,,\n",
            kind="contacts", by=by, at=at,
        )  # fmt: skip
        batch = imported(
            "客户编号,姓名,手机,邮箱,职务,爱好\nA1,王一一,13800000001,,总监,〔清空〕\nA1,李二,,LI@a.cn,,\n"
            "A1,赵三,,,工程师,\nA1,赵 三,,,部长,\nA1,新人,,,,\n",
            kind="contacts", by=by, at=at,
        )  # fmt: skip
        assert counts(batch) == (1, 3, 0, 1)
        assert Contact.objects.get(mobile_key="13800000001").name == "王一一"
        assert Contact.objects.get(name="赵三").title == "工程师"
        assert not CustomValue.objects.exists()
        assert "第 4 行" in reasons(batch)[5]

        undo_import(batch_id=batch.pk, by=by, at=at)
        assert set(Contact.objects.values_list("name", "title", "email")) == {
            ("王一", "", ""),
            ("李二", "", "li@a.cn"),
            ("赵三", "", ""),
        }
        assert CustomValue.objects.get().text == "茶"

    def test_being_primary_is_taken_over_and_given_back(
        self, company: Company, ours: Account, at: dt.datetime
    ) -> None:
        by = company.viewer("director")
        imported("客户编号,姓名,主要联系人\nA1,王一,是\n", kind="contacts", by=by, at=at)
        batch = imported("客户编号,姓名,主要联系人\nA1,李二,是\n", kind="contacts", by=by, at=at)
        assert Contact.objects.get(primary=True).name == "李二"
        undo_import(batch_id=batch.pk, by=by, at=at)
        assert [(one.name, one.primary) for one in Contact.objects.all()] == [("王一", True)]

    def test_a_contact_used_or_changed_since_stays(
        self, company: Company, ours: Account, at: dt.datetime
    ) -> None:
        by = company.viewer("director")
        batch = imported("客户编号,姓名\nA1,王一\nA1,李二\nA1,赵三\n", kind="contacts", by=by, at=at)
        one, two, _three = Contact.objects.order_by("pk")
        log_contact(account=ours, text="电话", contact=one, by=SYSTEM, at=at)
        update_contact(contact=two, values={"title": "总监"}, expected_version=1, by=SYSTEM, at=at)
        undo_import(batch_id=batch.pk, by=by, at=at)
        assert set(Contact.objects.values_list("name", flat=True)) == {"王一", "李二"}
        batch.refresh_from_db()
        assert {row.number: row.why for row in kept_rows(batch)} == {
            2: "已有跟进记录",
            3: "导入后又修改过这位联系人。",
        }

    def test_it_needs_both_rights(self, company: Company, ours: Account, at: dt.datetime) -> None:
        for who in ("owner", "compliance"):
            with pytest.raises(NotAllowed):
                queued("客户编号,姓名\nA1,王一\n", kind="contacts", by=company.viewer(who), at=at)
        assert not Contact.objects.exists()

    def test_a_file_that_names_no_account_is_refused(self, company: Company, at: dt.datetime) -> None:
        with pytest.raises(CannotStartImport):
            queued("姓名,手机\n王一,1\n", kind="contacts", by=company.viewer("director"), at=at)


LOG = (
    "客户编号,时间,方式,联系人,内容,记录人,下次联系\n"
    "A1,2024-05-01 14:30,电话,王一,谈了备件价格,沈南舟,2024-05-10\n"
    "A1,2024/3/2,,不认识,寄送样本,老李,\n"
    "A1,2099-01-01,电话,,将来,,\n"
    "A1,那天,电话,,什么时候,,\n"
    "A1,2024-05-01,传真,,怎么,,\n"
)


class TestLog:
    """Rows as entries of the contact log."""

    def test_author_and_time_stay_what_they_were(
        self, company: Company, ours: Account, at: dt.datetime
    ) -> None:
        by, contact = (
            company.viewer("director"),
            Contact(account=ours, name="王一", created_at=at, updated_at=at),
        )
        contact.save()
        batch = imported(LOG, kind="log", by=by, at=at)
        assert counts(batch) == (2, 0, 0, 3)
        new, old = LogEntry.objects.order_by("-on")
        assert (new.by_id, new.author, new.contact, new.kind) == (company.owner.pk, "", contact, "phone")
        assert timezone.localtime(new.at).isoformat()[:16] == "2024-05-01T14:30"
        assert (old.by_id, old.author, old.contact, old.kind) == (None, "老李", None, "other")
        assert (old.on, old.batch_id) == (dt.date(2024, 3, 2), batch.pk)
        ours.refresh_from_db()
        assert (ours.last_contact_on, ours.next_contact_on) == (dt.date(2024, 5, 1), dt.date(2024, 5, 10))
        assert Touch.objects.standing().count() == 2
        assert Event.objects.filter(kind="people.log_imported", account_id=ours.pk).count() == 1
        told = Notice.objects.exclude(kind="accounts.import_done")
        assert not told.exists()

    def test_the_same_entries_again_are_left_alone(
        self, company: Company, ours: Account, at: dt.datetime
    ) -> None:
        by = company.viewer("director")
        imported(LOG, kind="log", by=by, at=at)
        assert counts(imported(LOG, kind="log", by=by, at=at)) == (0, 0, 2, 3)
        assert LogEntry.objects.count() == 2

    def test_unknown_authors_are_told_and_settled_before_the_import(
        self, company: Company, ours: Account, at: dt.datetime
    ) -> None:
        by = company.viewer("director")
        batch = queued(LOG, kind="log", by=by, at=at, choices={"authors": {"老李": company.colleague.pk}})
        seen = preview(batch, mapping=batch.mapping, mode=batch.mode, viewer=by, at=at)
        assert dict(seen.strangers) == {}
        batch.choices = {}
        seen = preview(batch, mapping=batch.mapping, mode=batch.mode, viewer=by, at=at)
        assert dict(seen.strangers) == {"老李": 1}
        apply_import(batch_id=batch.pk, by=by, at=at)
        assert LogEntry.objects.get(text="寄送样本").by_id == company.colleague.pk

    def test_history_does_not_undo_what_was_kept_later(
        self, company: Company, ours: Account, at: dt.datetime
    ) -> None:
        log_contact(account=ours, text="今天谈过", by=SYSTEM, at=at)
        imported(LOG, kind="log", by=company.viewer("director"), at=at)
        ours.refresh_from_db()
        assert (ours.last_contact_on, ours.next_contact_on) == (timezone.localdate(at), NOT_PLANNED)

    def test_undo_voids_the_entries_and_gives_the_account_its_dates_back(
        self, company: Company, ours: Account, at: dt.datetime
    ) -> None:
        by = company.viewer("director")
        batch = imported(LOG, kind="log", by=by, at=at)
        gone = LogEntry.objects.get(text="谈了备件价格")
        void_log(entry=gone, reason="误记", by=SYSTEM, at=at)
        undo_import(batch_id=batch.pk, by=by, at=at)
        ours.refresh_from_db()
        assert not LogEntry.objects.standing().exists()
        assert (ours.last_contact_on, ours.next_contact_on) == (NEVER, NOT_PLANNED)
        assert LogEntry.objects.get(pk=gone.pk).void_reason == "误记"
        assert counts(imported(LOG, kind="log", by=by, at=at)) == (2, 0, 0, 3)
        with pytest.raises(CannotUndoImport):
            undo_import(batch_id=imported(LOG, kind="log", by=by, at=at).pk, by=by, at=at)

    def test_accounts_outside_the_scope_are_not_found(
        self, company: Company, ours: Account, at: dt.datetime
    ) -> None:
        batch = imported(LOG, kind="log", by=company.viewer("rival"), at=at)
        assert counts(batch) == (0, 0, 0, 5)
        assert not LogEntry.objects.exists()


def test_start_refuses_a_mode_the_kind_does_not_have(
    company: Company, ours: Account, at: dt.datetime
) -> None:
    by = company.viewer("director")
    batch = queued(LOG, kind="log", by=by, at=at)
    batch.state = "failed"
    with pytest.raises(CannotStartImport):
        start_import(batch=batch, mapping=batch.mapping, mode="update", by=by, at=at)
