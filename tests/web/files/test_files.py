"""Files as pages: who may upload, see, look and download; and that nothing uploaded ever becomes part of our pages."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from panshi.domains.accounts.models import Account
from panshi.ground.audit.models import Event
from panshi.ground.files.keeping import make_previews
from panshi.ground.files.models import File, FileVersion
from panshi.ground.identity.models import Person
from tests.factories.accounts import make_account
from tests.factories.organisation import Company
from tests.ground.files import samples

SignedIn = Callable[[Person], Client]
SECRET = "橄榄岩底价测算.pdf"


@pytest.fixture(autouse=True)
def files_folder(settings: Settings, tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    settings.STORAGES = {
        **settings.STORAGES,
        "attachments": {
            "BACKEND": "panshi.ground.files.store.WholeFiles",
            "OPTIONS": {"location": str(folder)},
        },
    }
    return folder


@pytest.fixture
def account(company: Company) -> Account:
    return make_account(owner=company.owner, unit=company.units.east_one, team=(company.teammate,))


def upload(browser: Client, account: Account, *files: tuple[str, bytes], script: bool = True) -> HttpResponse:
    given = [SimpleUploadedFile(name, content) for name, content in files]
    headers = {"Accept": "application/json"} if script else {}
    address = reverse("files:upload", args=["account", account.pk])
    return browser.post(address, {"file": given}, headers=headers)


def body(answer: HttpResponse) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined,no-any-return]


def test_what_is_uploaded_comes_back_byte_by_byte_under_its_name(
    company: Company, account: Account, signed_in: SignedIn
) -> None:
    browser = signed_in(company.owner)
    assert upload(browser, account, (SECRET, samples.PDF)).json() == {"taken": 1, "refused": {}}
    file = File.objects.get()
    answer = signed_in(company.teammate).get(reverse("files:download", args=[file.pk]))
    assert body(answer) == samples.PDF
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E6%A9%84")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    panel = browser.get(reverse("files:of_account", args=[account.pk])).content.decode()
    assert SECRET in panel


def test_outsiders_get_neither_bytes_nor_names(
    company: Company, account: Account, signed_in: SignedIn
) -> None:
    upload(signed_in(company.owner), account, (SECRET, samples.PDF), ("照.png", samples.picture()))
    for version in FileVersion.objects.select_related("content"):
        make_previews(sha256=version.content_id)
    for who in ("outsider", "colleague", "rival", "administrator", "newcomer"):
        browser = signed_in(getattr(company, who))
        for file in File.objects.all():
            for address in (
                reverse("files:detail", args=[file.pk]),
                reverse("files:download", args=[file.pk]),
                reverse("files:download_version", args=[file.pk, 1]),
                reverse("files:look", args=[file.pk, 1]),
                reverse("files:picture", args=[file.pk, 1, "small"]),
                reverse("files:of", args=["account", account.pk]),
                reverse("files:of_account", args=[account.pk]),
            ):
                answer = browser.get(address)
                assert answer.status_code == 404, (who, address)
                assert SECRET not in answer.content.decode()
        assert upload(browser, account, ("x.pdf", samples.PDF)).status_code == 404
    assert File.objects.count() == 2


def test_who_only_reads_changes_nothing(company: Company, account: Account, signed_in: SignedIn) -> None:
    upload(signed_in(company.owner), account, (SECRET, samples.PDF))
    file = File.objects.get()
    browser = signed_in(company.compliance)
    assert upload(browser, account, ("x.pdf", samples.PDF)).status_code == 403
    for name in ("files:void", "files:edit", "files:unvoid", "files:version"):
        assert browser.post(reverse(name, args=[file.pk]), {"why": "x", "name": "y"}).status_code == 403
    assert browser.post(reverse("files:restore", args=[file.pk, 1])).status_code == 403
    file.refresh_from_db()
    assert (file.voided_at, file.name, file.latest) == (None, SECRET, 1)


def test_one_refused_file_does_not_hold_up_the_others(
    company: Company, account: Account, signed_in: SignedIn
) -> None:
    browser = signed_in(company.owner)
    answer = upload(browser, account, ("好.pdf", samples.PDF), ("坏.pdf", samples.PROGRAM))
    assert answer.json()["taken"] == 1
    assert "程序" in answer.json()["refused"]["坏.pdf"]
    plain = upload(browser, account, ("网页.png", samples.PAGE), script=False)
    assert plain.status_code == 422
    assert "HTML" in plain.content.decode()
    assert [file.name for file in File.objects.all()] == ["好.pdf"]


def test_a_refusal_on_an_english_page_has_english_marks(
    company: Company, account: Account, signed_in: SignedIn
) -> None:
    Person.objects.filter(pk=company.owner.pk).update(language="en")
    answer = upload(signed_in(company.owner), account, ("page.html", samples.PAGE), script=False)
    shown = answer.content.decode()
    assert "page.html: " in shown
    assert "pdf, ofd, docx" in shown


def test_a_pdf_is_looked_at_in_a_frame_that_may_do_nothing(
    company: Company, account: Account, signed_in: SignedIn
) -> None:
    browser = signed_in(company.owner)
    upload(browser, account, (SECRET, samples.PDF), ("说明.txt", b"<script>alert(1)</script> hi"))
    upload(browser, account, ("说明.txt", "甲 <b>粗</b>".encode()))
    pdf = File.objects.get(name=SECRET)
    answer = browser.get(reverse("files:look", args=[pdf.pk, 1]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    text = File.objects.get(name="说明.txt")
    assert browser.get(reverse("files:look", args=[text.pk, 1])).status_code == 404
    shown = browser.get(reverse("files:detail", args=[text.pk])).content.decode()
    assert "&lt;b&gt;粗" in shown


def test_pictures_are_shown_from_our_own_copy_only(
    company: Company, account: Account, signed_in: SignedIn
) -> None:
    browser = signed_in(company.owner)
    upload(browser, account, ("门头.png", samples.picture(size=(900, 900))))
    version = FileVersion.objects.get()
    address = reverse("files:picture", args=[version.file_id, 1, "large"])
    assert browser.get(address).status_code == 404  # not made yet
    make_previews(sha256=version.content_id)
    answer = browser.get(address)
    assert answer["Content-Type"] == "image/webp"
    assert body(answer)[8:12] == b"WEBP"
    assert browser.get(reverse("files:picture", args=[version.file_id, 1, "huge"])).status_code == 404
    assert browser.get(reverse("files:picture", args=[version.file_id, 7, "small"])).status_code == 404


def test_allowed_web_pages_and_drawings_leave_as_plain_bytes(
    company: Company, account: Account, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("panshi.ground.files.intake.allowed_extensions", lambda: ("svg", "html"))
    browser = signed_in(company.owner)
    upload(browser, account, ("图.svg", samples.SVG), ("页.html", samples.PAGE))
    assert File.objects.count() == 2
    for file in File.objects.all():
        answer = browser.get(reverse("files:download", args=[file.pk]))
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith("attachment")
        assert "alert(1)" not in browser.get(reverse("files:detail", args=[file.pk])).content.decode()


def test_void_and_back(company: Company, account: Account, signed_in: SignedIn) -> None:
    browser = signed_in(company.owner)
    upload(browser, account, (SECRET, samples.PDF))
    file = File.objects.get()
    void = reverse("files:void", args=[file.pk])
    assert browser.post(void, {"why": " "}).status_code == 422
    assert "panshi:toast" in browser.post(void, {"why": "传错"}, headers={"HX-Request": "true"})["HX-Trigger"]
    assert signed_in(company.teammate).get(reverse("files:download", args=[file.pk])).status_code == 404
    browser.post(reverse("files:unvoid", args=[file.pk]))
    assert signed_in(company.teammate).get(reverse("files:download", args=[file.pk])).status_code == 200


def test_versions_from_the_page(company: Company, account: Account, signed_in: SignedIn) -> None:
    browser = signed_in(company.owner)
    upload(browser, account, (SECRET, samples.PDF))
    file = File.objects.get()
    address = reverse("files:version", args=[file.pk])
    newer = SimpleUploadedFile("新.pdf", samples.PDF + b"% 2")
    assert browser.post(address, {"file": newer, "note": "降价"}).status_code == 302
    assert browser.post(address, {}).status_code == 422
    assert body(browser.get(reverse("files:download_version", args=[file.pk, 1]))) == samples.PDF
    browser.post(reverse("files:restore", args=[file.pk, 1]))
    assert body(browser.get(reverse("files:download", args=[file.pk]))) == samples.PDF
    assert FileVersion.objects.filter(file=file).count() == 3


def test_opening_a_confidential_file_is_recorded_before_it_leaves(
    company: Company, account: Account, signed_in: SignedIn
) -> None:
    browser = signed_in(company.owner)
    upload(browser, account, (SECRET, samples.PDF))
    file = File.objects.get()
    browser.post(reverse("files:edit", args=[file.pk]), {"name": SECRET, "confidential": "on"})
    reader = signed_in(company.teammate)
    body(reader.get(reverse("files:download", args=[file.pk])))
    body(reader.get(reverse("files:look", args=[file.pk, 1])))
    opened = Event.objects.filter(kind="files.downloaded", by_id=company.teammate.pk)
    assert opened.count() == 2


@pytest.mark.parametrize("kind", ["unheard", "Account", "a" * 60, "account%2F.."])
def test_kinds_that_hold_no_files_are_not_found(company: Company, signed_in: SignedIn, kind: str) -> None:
    browser = signed_in(company.owner)
    assert browser.get(f"/files/of/{kind}/1/").status_code == 404


def test_bytes_the_storage_lost_are_not_found(
    company: Company, account: Account, signed_in: SignedIn, files_folder: Path
) -> None:
    browser = signed_in(company.owner)
    upload(browser, account, (SECRET, samples.PDF))
    for path in files_folder.rglob("*"):
        if path.is_file():
            path.unlink()
    assert browser.get(reverse("files:download", args=[File.objects.get().pk])).status_code == 404


def test_files_of_any_record_stand_in_a_page_a_drawer_and_a_panel(
    company: Company, account: Account, signed_in: SignedIn
) -> None:
    browser = signed_in(company.owner)
    upload(browser, account, (SECRET, samples.PDF))
    address = reverse("files:of", args=["account", account.pk])
    whole = browser.get(address).content.decode()
    assert "<html" in whole
    drawer = browser.get(address, headers={"HX-Request": "true", "HX-Target": "drawer-body"}).content.decode()
    panel = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "drawer-head" in drawer
    assert "drawer-head" not in panel
    assert all(SECRET in each for each in (whole, drawer, panel))
    assert "<html" not in drawer + panel
