"""Telling people: who hears of what, by which ways, and what a notice says to somebody who lost sight of its record."""

import datetime as dt
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from panshi.domains.accounts.models import Account
from panshi.domains.accounts.services import add_member, assign_owner
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.refusals import NotAllowed
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.notices.kinds import NoticeKind
from panshi.ground.notices.models import Choice, Mail, MailState, Notice
from panshi.ground.notices.reports import choices_of, notices_of, outbox, rhythm_of, told, unread_count
from panshi.ground.notices.services import (
    CannotKeepChoices,
    CannotSendMail,
    keep_choices,
    keep_rhythm,
    mark_read,
    mark_unread,
    notify,
    resend,
    send_test,
)
from panshi.ground.notices.ways import Ways
from tests.factories.accounts import make_account
from tests.factories.organisation import AT, SYSTEM, Company

LOUD = NoticeKind("tests.loud", "响的", "%(by)s 让您看 %(account)s：%(what)s", urgent=True)
PLAIN = NoticeKind("tests.plain", "平常的", "有 %(count)d 件事")
SILENT = NoticeKind("tests.silent", "不发邮件的", "小事", mail=False)
NIGHT = dt.datetime(2026, 11, 24, 15, 0, tzinfo=dt.UTC)  # 23:00 in Shanghai
MORNING = dt.datetime(2026, 11, 25, 0, 0, tzinfo=dt.UTC)


@pytest.fixture
def mail_on(settings: Settings) -> None:
    settings.MAIL_URL = "smtp://127.0.0.1:9"


def reachable(*people: Person) -> None:
    for person in people:
        Person.objects.filter(pk=person.pk).update(email=f"{person.username}@example.com")


def ids(*people: Person) -> list[int]:
    return [person.pk for person in people]


def test_everybody_named_is_told_but_not_whoever_did_it(company: Company, at: dt.datetime) -> None:
    notify(PLAIN, to=ids(company.owner, company.rival, company.owner), at=at, by_id=company.rival.pk, count=2)
    assert [each.person_id for each in Notice.objects.all()] == [company.owner.pk]
    assert unread_count(company.viewer("owner")) == 1
    assert unread_count(company.viewer("rival")) == 0


def test_who_left_the_company_is_not_told(company: Company, at: dt.datetime) -> None:
    Person.objects.filter(pk=company.owner.pk).update(is_active=False)
    assert notify(PLAIN, to=ids(company.owner), at=at, count=1) == []


def test_it_costs_the_same_for_one_and_for_many(
    company: Company, at: dt.datetime, mail_on: None, django_assert_max_num_queries: Any
) -> None:
    everybody = list(Person.objects.all())
    reachable(*everybody)
    with django_assert_max_num_queries(12):
        notify(PLAIN, to=ids(*everybody), at=at, count=1)
    assert Mail.objects.count() == len(everybody)


def test_no_mail_is_written_without_a_server_or_an_address(
    company: Company, at: dt.datetime, settings: Settings
) -> None:
    reachable(company.owner)
    notify(PLAIN, to=ids(company.owner), at=at, count=1)
    settings.MAIL_URL = "smtp://127.0.0.1:9"
    notify(PLAIN, to=ids(company.rival), at=at, count=1)
    assert not Mail.objects.exists()
    assert Notice.objects.count() == 2


def test_mail_waits_at_night_unless_it_is_urgent(company: Company, mail_on: None) -> None:
    reachable(company.owner)
    notify(PLAIN, to=ids(company.owner), at=NIGHT, count=1)
    notify(LOUD, to=ids(company.owner), at=NIGHT, what="失火")
    assert list(Mail.objects.order_by("pk").values_list("not_before", flat=True)) == [MORNING, NIGHT]
    assert unread_count(company.viewer("owner")) == 2


def test_each_kind_reaches_a_person_by_the_ways_they_chose(
    company: Company, at: dt.datetime, mail_on: None
) -> None:
    reachable(company.owner)
    owner = company.viewer("owner")
    keep_choices(
        choices={PLAIN.name: Ways(False, False, True), SILENT.name: Ways(True, True, False)}, by=owner
    )
    notify(PLAIN, to=ids(company.owner), at=at, count=1)
    notify(SILENT, to=ids(company.owner), at=at)
    plain, silent = Notice.objects.order_by("pk")
    assert (plain.in_app, plain.mail, plain.for_digest) == (False, None, True)
    assert (silent.in_app, silent.mail is not None, silent.for_digest) == (True, True, False)
    assert unread_count(owner) == 1
    ways = dict(choices_of(owner))
    assert ways[PLAIN] == Ways(False, False, True)
    keep_choices(choices={PLAIN.name: Ways(False, False, False)}, by=owner)
    assert notify(PLAIN, to=ids(company.owner), at=at, count=1) == []
    keep_choices(choices={PLAIN.name: Ways(True, True, False)}, by=owner)
    assert not Choice.objects.filter(kind=PLAIN.name).exists()  # what the kind proposes needs no row


def test_a_kind_nobody_declared_cannot_be_chosen(company: Company) -> None:
    with pytest.raises(CannotKeepChoices):
        keep_choices(choices={"tests.unheard": Ways(True, True, True)}, by=company.viewer("owner"))
    with pytest.raises(CannotKeepChoices):
        keep_rhythm(
            quiet_from=dt.time(22),
            quiet_to=dt.time(7),
            quiet_on_holidays=False,
            digest="hourly",
            digest_at=dt.time(9),
            by=company.viewer("owner"),
        )
    assert rhythm_of(company.viewer("owner")).quiet_on_holidays is True


def test_a_notice_is_told_in_full_only_to_who_may_see_its_account(company: Company, at: dt.datetime) -> None:
    account = make_account("片麻岩机械厂", owner=company.owner, unit=company.units.east_one)
    notify(LOUD, to=ids(company.owner, company.outsider), at=at, account_id=account.pk, what="改价")
    for name, sees in (("owner", True), ("outsider", False)):
        viewer = company.viewer(name)
        visible = Account.objects.visible_to(viewer).filter(pk=account.pk).values_list("pk", "name")
        rows, more = notices_of(viewer)
        (one,) = told(rows, accounts=dict(visible))
        assert more is None
        assert ("片麻岩" in one.text) is sees
        assert ("改价" in one.text) is sees
        assert one.address == (f"/go/account/{account.pk}/" if sees else "")
        assert one.hidden is not sees


def test_a_notice_leads_to_its_record(company: Company, at: dt.datetime) -> None:
    notify(PLAIN, to=ids(company.owner), at=at, record=RecordRef("request", 7), count=1)
    (one,) = told(notices_of(company.viewer("owner"))[0], accounts={})
    assert one.address == "/go/request/7/"
    assert one.text == "有 1 件事"


def test_a_sentence_that_names_more_than_was_kept_is_told_by_its_label(
    company: Company, at: dt.datetime
) -> None:
    notify(PLAIN, to=ids(company.owner), at=at)
    (one,) = told(notices_of(company.viewer("owner"))[0], accounts={})
    assert one.text == "平常的"


def test_reading_can_be_taken_back(company: Company, at: dt.datetime) -> None:
    for count in range(3):
        notify(PLAIN, to=ids(company.owner, company.rival), at=at, count=count)
    owner = company.viewer("owner")
    first = notices_of(owner)[0][0]
    assert mark_read(notice_ids=[first.pk], by=owner, at=at) == [first.pk]
    later = at + dt.timedelta(minutes=1)
    assert len(mark_read(by=owner, at=later)) == 2
    assert unread_count(owner) == 0
    assert mark_unread(read_at=later, by=owner) == 2
    assert unread_count(owner) == 2
    assert unread_count(company.viewer("rival")) == 3


def test_nobody_reads_or_marks_what_is_another_persons(company: Company, at: dt.datetime) -> None:
    (notice,) = notify(PLAIN, to=ids(company.owner), at=at, count=1)
    for name in ("supervisor", "administrator", "general_manager"):
        viewer = company.viewer(name)
        assert notices_of(viewer)[0] == []
        assert mark_read(notice_ids=[notice.pk], by=viewer, at=at) == []
        assert mark_unread(notice_ids=[notice.pk], by=viewer) == 0
    assert unread_count(company.viewer("owner")) == 1


def test_portions_end_where_the_notices_end(company: Company, at: dt.datetime) -> None:
    for count in range(5):
        notify(PLAIN, to=ids(company.owner), at=at, count=count)
    owner = company.viewer("owner")
    first, more = notices_of(owner, count=3)
    rest, end = notices_of(owner, count=3, before=more)
    assert [len(first), len(rest), end] == [3, 2, None]
    assert not {each.pk for each in first} & {each.pk for each in rest}
    assert notices_of(owner, kind="tests.loud")[0] == []


def test_names_filled_at_reading_cannot_be_passed(company: Company, at: dt.datetime) -> None:
    with pytest.raises(ValueError, match="account"):
        notify(PLAIN, to=ids(company.owner), at=at, account="x")
    with pytest.raises(ValueError, match="twice"):
        NoticeKind("tests.plain", "", "")


def test_owner_and_team_are_told(company: Company, at: dt.datetime) -> None:
    account = make_account("辉长岩电机厂", owner=company.owner, unit=company.units.east_one)
    director = company.viewer("director")
    assign_owner(account=account, owner=company.colleague, reason="调整", by=director, at=at)
    add_member(account=account, person=company.teammate, role="sales_support", by=director, at=at)
    found = set(Notice.objects.values_list("person_id", "kind", "account_id", "by_id"))
    assert found == {
        (company.colleague.pk, "accounts.owner_given", account.pk, company.director.pk),
        (company.teammate.pk, "accounts.team_joined", account.pk, company.director.pk),
    }


def test_only_administrators_see_and_move_the_outbox(
    company: Company, at: dt.datetime, mail_on: None
) -> None:
    reachable(company.owner, company.administrator)
    notify(PLAIN, to=ids(company.owner), at=at, count=1)
    administrator, owner = company.viewer("administrator"), company.viewer("owner")
    for refused in (
        lambda: outbox(owner),
        lambda: send_test(by=owner, at=at),
        lambda: resend(mail_ids=None, by=owner, at=at),
    ):
        with pytest.raises(NotAllowed):
            refused()
    state = outbox(administrator)
    assert (state.on, state.waiting, state.failed) == (True, 1, 0)
    with pytest.raises(CannotSendMail):
        resend(mail_ids=None, by=administrator, at=at)
    Mail.objects.update(state=MailState.FAILED, attempts=16, error="550 no")
    before = Mail.objects.values_list("message_id", flat=True).get()
    assert resend(mail_ids=None, by=administrator, at=at) == 1
    mail = Mail.objects.get()
    assert (mail.state, mail.attempts, mail.message_id) == (MailState.WAITING, 0, before)


def test_a_test_mail_wants_a_server_and_an_address(
    company: Company, at: dt.datetime, settings: Settings
) -> None:
    administrator = company.viewer("administrator")
    with pytest.raises(CannotSendMail):
        send_test(by=administrator, at=at)
    settings.MAIL_URL = "smtp://127.0.0.1:9"
    with pytest.raises(CannotSendMail):
        send_test(by=administrator, at=at)
    reachable(company.administrator)
    assert send_test(by=administrator, at=at).purpose == "test"


def test_the_house_itself_has_no_notices(company: Company) -> None:
    assert unread_count(SYSTEM) == 0
    assert mark_read(by=Viewer(person_id=None), at=AT) == []
