"""Files through their services: who may, what is refused, what stays."""

import datetime as dt
from io import BytesIO
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from panshi.domains.accounts.models import Account
from panshi.domains.people.services import add_contact
from panshi.ground.audit.models import Event
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.refusals import NotAllowed, Refused, Stale
from panshi.ground.files.intake import CannotTakeFile
from panshi.ground.files.models import Content, File, FileVersion
from panshi.ground.files.reports import attached, one_file, one_version, text_of
from panshi.ground.files.services import (
    CannotAttach,
    CannotChangeFile,
    add_version,
    attach,
    change_file,
    note_download,
    restore_version,
    unvoid_file,
    void_file,
)
from panshi.ground.search.reports import find
from panshi.ground.settings.services import change_setting
from tests.factories.accounts import make_account
from tests.factories.files import put, stored
from tests.factories.organisation import SYSTEM, Company
from tests.ground.files import samples


def names(company: Company, account: Account, who: str) -> list[str] | None:
    found = attached(RecordRef("account", account.pk), company.viewer(who))
    return None if found is None else [each.file.name for each in found.files]


def test_a_file_hangs_from_its_record_for_whoever_sees_it(
    company: Company, account: Account, at: dt.datetime, files_folder: Path
) -> None:
    file = put(company, account, at, name="../合同/报价.pdf")
    assert (file.name, file.account_id, file.latest) == ("报价.pdf", account.pk, 1)
    for who in ("owner", "teammate", "supervisor", "general_manager", "compliance"):
        assert names(company, account, who) == ["报价.pdf"], who
    for who in ("colleague", "outsider", "rival", "administrator", "newcomer"):
        assert names(company, account, who) is None, who
        assert one_file(file.pk, company.viewer(who)) is None
        assert one_version(file.pk, 1, company.viewer(who)) is None
    version = FileVersion.objects.get(file=file)
    assert stored(files_folder) == {version.content_id}
    assert (version.content.size, version.content.type) == (len(samples.PDF), "pdf")
    event = Event.objects.get(kind="files.attached")
    assert (event.account_id, event.subject_id) == (account.pk, file.pk)
    assert "报价" not in event.payload


@pytest.mark.parametrize(
    "who", ["outsider", "colleague", "compliance", "administrator", "teammate", "general_manager"]
)
def test_who_may_not_change_the_account_attaches_nothing(
    company: Company, account: Account, at: dt.datetime, who: str, files_folder: Path
) -> None:
    with pytest.raises(NotAllowed):
        put(company, account, at, who=who)
    assert not File.objects.exists()
    assert stored(files_folder) == set()


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("合同.pdf", samples.PROGRAM, "程序"),
        ("照片.png", samples.PAGE, "HTML"),
        ("照片.jpg", samples.picture("PNG"), "PNG"),
        ("表.docx", samples.zipped(word__document_xml="<w/>", word__vbaProject_bin=b"x"), "宏"),
        ("表.xlsx", samples.word(), "Word"),
        ("说明.txt", samples.SVG, "SVG"),
        ("说明.txt", b"", "空"),
        ("图.svg", samples.SVG, ".svg"),
        ("页.html", samples.PAGE, ".html"),
        ("程序.exe", samples.PROGRAM, ".exe"),
        ("没有扩展名", samples.PDF, "扩展名"),
        ("..", samples.PDF, "名字"),
    ],
)
def test_a_file_that_lies_or_is_not_wanted_is_refused_with_what_it_is(
    company: Company,
    account: Account,
    at: dt.datetime,
    files_folder: Path,
    name: str,
    content: bytes,
    word: str,
) -> None:
    with pytest.raises(CannotTakeFile) as refused:
        put(company, account, at, name=name, content=content)
    assert word in refused.value.message
    assert not File.objects.exists()
    assert not Content.objects.exists()
    assert stored(files_folder) == set()


def test_honest_files_of_one_family_pass(company: Company, account: Account, at: dt.datetime) -> None:
    for name, content in (
        ("a.csv", samples.GBK),
        ("b.md", samples.CSV),
        ("c.XML", b'<?xml version="1.0"?><a/>'),
        ("d.jpeg", samples.picture("JPEG")),
        ("e.docx", samples.old_office("EncryptedPackage")),
        ("f.zip", samples.bomb()),
    ):
        put(company, account, at, name=name, content=content)
    assert File.objects.count() == 6


def test_size_and_number_have_limits(
    company: Company, account: Account, at: dt.datetime, settings: Settings
) -> None:
    settings.UPLOAD_LIMIT = 1000
    with pytest.raises(CannotTakeFile):
        put(company, account, at, content=samples.PDF + b" " * 1000)
    change_setting(code="files.most_per_record", value="1", reason="试", expected_number=0, by=SYSTEM, at=at)
    put(company, account, at)
    with pytest.raises(CannotAttach):
        put(company, account, at, content=samples.PDF + b" ")
    assert File.objects.count() == 1


def test_versions_follow_one_another_and_old_ones_come_back(
    company: Company, account: Account, at: dt.datetime
) -> None:
    owner = company.viewer("owner")
    file = put(company, account, at)
    newer = samples.PDF + b"% changed"
    add_version(file=file, name="报价2.pdf", content=BytesIO(newer), note="降价", by=owner, at=at)
    with pytest.raises(CannotChangeFile):  # the same bytes again
        add_version(file=file, name="报价2.pdf", content=BytesIO(newer), by=owner, at=at)
    with pytest.raises(CannotTakeFile):  # another kind of file
        add_version(file=file, name="报价.docx", content=BytesIO(samples.word()), by=owner, at=at)
    detail = one_file(file.pk, owner)
    assert detail is not None
    assert [(each.version.number, each.version.name) for each in detail.versions] == [
        (2, "报价2.pdf"),
        (1, "报价.pdf"),
    ]
    with pytest.raises(CannotChangeFile):
        restore_version(file=file, number=2, by=owner, at=at)
    with pytest.raises(CannotChangeFile):
        restore_version(file=file, number=9, by=owner, at=at)
    made = restore_version(file=file, number=1, by=owner, at=at)
    assert (made.number, made.restored_from, made.content.size) == (3, 1, len(samples.PDF))
    assert names(company, account, "owner") == ["报价.pdf"]
    assert Content.objects.count() == 2
    for who in ("outsider", "compliance"):
        with pytest.raises(NotAllowed):
            restore_version(file=file, number=2, by=company.viewer(who), at=at)


def test_a_voided_file_is_out_of_sight_and_can_come_back(
    company: Company, account: Account, at: dt.datetime
) -> None:
    owner = company.viewer("owner")
    file = put(company, account, at)
    with pytest.raises(CannotChangeFile):
        void_file(file=file, reason=" ", by=owner, at=at)
    void_file(file=file, reason="传错了", by=owner, at=at)
    assert names(company, account, "owner") == []
    assert one_file(file.pk, company.viewer("compliance")) is None
    shown = attached(RecordRef("account", account.pk), owner)
    assert shown is not None
    assert [each.file.void_reason for each in shown.voided] == ["传错了"]
    for act in (
        lambda: void_file(file=file, reason="再", by=owner, at=at),
        lambda: add_version(file=file, name="a.pdf", content=BytesIO(samples.PDF + b"1"), by=owner, at=at),
        lambda: change_file(file=file, name="b.pdf", confidential=False, by=owner, at=at),
    ):
        with pytest.raises(CannotChangeFile):
            act()
    unvoid_file(file=file, by=owner, at=at)
    with pytest.raises(CannotChangeFile):
        unvoid_file(file=file, by=owner, at=at)
    assert names(company, account, "owner") == ["报价.pdf"]
    kinds = list(
        Event.objects.filter(kind__startswith="files.").order_by("pk").values_list("kind", flat=True)
    )
    assert kinds == ["files.attached", "files.voided", "files.unvoided"]


def test_a_new_name_keeps_the_ending(company: Company, account: Account, at: dt.datetime) -> None:
    owner = company.viewer("owner")
    file = put(company, account, at)
    assert change_file(file=file, name="终稿.exe", confidential=True, by=owner, at=at).name == "终稿.exe.pdf"
    with pytest.raises(CannotChangeFile):
        change_file(file=file, name=" . ", confidential=True, by=owner, at=at)
    with pytest.raises(Stale):
        change_file(file=file, name="x.pdf", confidential=True, expected_version=1, by=owner, at=at)


def test_opening_a_confidential_file_leaves_an_event(
    company: Company, account: Account, at: dt.datetime
) -> None:
    owner, reader = company.viewer("owner"), company.viewer("teammate")
    file = put(company, account, at)
    version = FileVersion.objects.select_related("file").get(file=file)
    note_download(version=version, looked=False, by=reader, at=at)
    assert not Event.objects.filter(kind="files.downloaded").exists()
    change_file(file=file, name=file.name, confidential=True, by=owner, at=at)
    version = FileVersion.objects.select_related("file").get(file=file)
    note_download(version=version, looked=True, by=reader, at=at)
    assert Event.objects.get(kind="files.downloaded").by_id == company.teammate.pk


def test_text_is_read_in_the_encodings_people_use(
    company: Company, account: Account, at: dt.datetime
) -> None:
    for content in (samples.CSV, samples.GBK, "客户,金额\n恒岳,1\n".encode("utf-16")):
        file = put(company, account, at, name="a.csv", content=content)
        text, more = text_of(FileVersion.objects.get(file=file))
        assert "恒岳" in text
        assert more is False


def test_files_of_contacts_are_for_those_who_see_contacts(
    company: Company, account: Account, at: dt.datetime
) -> None:
    owner = company.viewer("owner")
    contact = add_contact(account=account, values={"name": "隐名氏"}, by=owner, at=at)
    record = RecordRef("contact", contact.pk)
    file = attach(record=record, name="名片.png", content=BytesIO(samples.picture()), by=owner, at=at)
    assert file.account_id == account.pk
    on_account = RecordRef("account", account.pk)
    found = attached(on_account, owner, account_id=account.pk)
    assert found is not None
    assert [(each.file.name, each.of) for each in found.elsewhere] == [("名片.png", "联系人 隐名氏")]
    assert one_file(file.pk, company.viewer("outsider")) is None
    with pytest.raises(Refused):
        attach(record=RecordRef("unheard", 1), name="a.pdf", content=BytesIO(samples.PDF), by=owner, at=at)


def test_files_of_a_merged_account_show_on_the_one_that_stayed(
    company: Company, account: Account, at: dt.datetime
) -> None:
    file = put(company, account, at)
    winner = make_account("留下的厂", owner=company.colleague, unit=company.units.east_one)
    Account.objects.filter(pk=account.pk).update(merged_into=winner)
    assert names(company, winner, "colleague") == ["报价.pdf"]
    assert one_file(file.pk, company.viewer("colleague")) is not None
    assert names(company, winner, "outsider") is None


def test_names_of_files_are_found_within_reach(company: Company, account: Account, at: dt.datetime) -> None:
    file = put(company, account, at, name="年度框架协议.pdf")
    assert [(hit.kind, hit.record_id) for hit in find("框架协议", accounts=None, kinds=("file",))] == [
        ("file", file.pk)
    ]
    outside = Account.objects.visible_to(company.viewer("outsider"))
    assert find("框架协议", accounts=outside, kinds=("file",)) == []
    void_file(file=file, reason="旧", by=company.viewer("owner"), at=at)
    assert find("框架协议", accounts=None, kinds=("file",)) == []
