"""The bytes behind files: stored once, swept when nobody holds them, scanned, previewed, under their hash alone."""

import datetime as dt
import sys
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from panshi.domains.accounts.models import Account
from panshi.ground.files.intake import CannotTakeFile
from panshi.ground.files.keeping import make_previews, sweep_orphans
from panshi.ground.files.models import Content, File, FileVersion, PreviewState
from panshi.ground.files.reports import one_file
from panshi.ground.files.store import place_of, preview_place, storage
from panshi.ground.work.models import Job
from panshi.ground.work.running import run_job
from tests.factories.files import put, stored
from tests.factories.organisation import Company
from tests.ground.files import samples


def test_the_bytes_lie_under_their_hash_alone(
    company: Company, account: Account, at: dt.datetime, files_folder: Path
) -> None:
    file = put(company, account, at, name="../../../outside.pdf")
    sha256 = FileVersion.objects.get(file=file).content_id
    assert (files_folder / place_of(sha256)).read_bytes() == samples.PDF
    assert not (files_folder.parent / "outside.pdf").exists()


def test_equal_bytes_are_stored_once_and_stay_while_anybody_holds_them(
    company: Company, account: Account, at: dt.datetime, files_folder: Path
) -> None:
    first, second = put(company, account, at), put(company, account, at, name="副本.pdf")
    assert Content.objects.count() == 1
    assert len(stored(files_folder)) == 1
    FileVersion.objects.filter(file=first).delete()
    sweep_orphans(at=at + dt.timedelta(days=3))
    assert len(stored(files_folder)) == 1
    assert one_file(second.pk, company.viewer("owner")) is not None


def test_what_nobody_holds_is_swept_after_a_day_of_grace(
    company: Company, account: Account, at: dt.datetime, files_folder: Path
) -> None:
    file = put(company, account, at)
    FileVersion.objects.filter(file=file).delete()
    assert sweep_orphans(at=at) == 0
    assert sweep_orphans(at=at + dt.timedelta(days=2)) == 0  # found loose; grace begins
    assert sweep_orphans(at=at + dt.timedelta(days=2, hours=2)) == 0
    assert sweep_orphans(at=at + dt.timedelta(days=4)) == 1
    assert stored(files_folder) == set()
    put(company, account, at)
    assert len(stored(files_folder)) == 1


def test_bytes_wanted_again_are_no_longer_loose(company: Company, account: Account, at: dt.datetime) -> None:
    file = put(company, account, at)
    FileVersion.objects.filter(file=file).delete()
    sweep_orphans(at=at + dt.timedelta(days=2))
    put(company, account, at, name="又来.pdf")
    assert sweep_orphans(at=at + dt.timedelta(days=9)) == 0
    assert Content.objects.get().orphan_since is None


def test_parts_of_uploads_that_died_are_swept(
    company: Company, account: Account, at: dt.datetime, files_folder: Path
) -> None:
    put(company, account, at)
    part = files_folder / "content" / "ab" / ".part-dead"
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(b"half")
    assert sweep_orphans(at=dt.datetime.now(dt.UTC) + dt.timedelta(days=2)) == 1
    assert not part.exists()


def test_a_full_disk_leaves_nothing_behind(
    company: Company, account: Account, at: dt.datetime, settings: Settings, tmp_path: Path
) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    settings.STORAGES = {
        **settings.STORAGES,
        "attachments": {
            "BACKEND": "panshi.ground.files.store.WholeFiles",
            "OPTIONS": {"location": str(blocked)},
        },
    }
    with pytest.raises(CannotTakeFile):
        put(company, account, at)
    assert not File.objects.exists()
    assert not Content.objects.exists()


def test_a_scanner_has_the_last_word(
    company: Company, account: Account, at: dt.datetime, settings: Settings, tmp_path: Path
) -> None:
    scanner = tmp_path / "scanner.py"
    scanner.write_text(
        "import sys\ndata = open(sys.argv[-1], 'rb').read()\n"
        "sys.exit(1 if b'EVIL' in data else 2 if b'ODD' in data else 0)\n"
    )
    settings.SCAN_COMMAND = [sys.executable, str(scanner)]
    put(company, account, at)
    for mark, word in ((b"EVIL", "病毒"), (b"ODD", "暂时")):
        with pytest.raises(CannotTakeFile) as refused:
            put(company, account, at, content=samples.PDF + mark)
        assert word in refused.value.message
    settings.SCAN_COMMAND = ["/nonexistent/scanner"]
    with pytest.raises(CannotTakeFile):
        put(company, account, at, content=samples.PDF + b"other")
    assert File.objects.count() == 1


def test_pictures_get_previews_without_what_the_camera_wrote(
    company: Company, account: Account, at: dt.datetime
) -> None:
    content = samples.picture("JPEG", (3000, 2000), exif=samples.camera_data())
    put(company, account, at, name="门头.jpg", content=content)
    job = Job.objects.get(kind="files.preview")
    assert run_job(job.pk, at=at)
    row = Content.objects.get()
    assert row.preview == PreviewState.MADE
    for size in ("small", "large"):
        with storage().open(preview_place(row.sha256, size)) as file:
            data = file.read()
        assert data[8:12] == b"WEBP"
        assert b"Exif" not in data
    put(company, account, at, name="又一张.jpg", content=content)
    assert Job.objects.filter(kind="files.preview").count() == 1


@pytest.mark.parametrize("content", [samples.flat_picture(60_000, 60_000), samples.flat_picture(10, 10)])
def test_a_picture_that_would_explode_or_is_broken_gets_no_preview(
    company: Company, account: Account, at: dt.datetime, content: bytes
) -> None:
    put(company, account, at, name="大图.png", content=content)
    row = Content.objects.get()
    assert make_previews(sha256=row.sha256) is False
    row.refresh_from_db()
    assert row.preview == PreviewState.REFUSED
    assert not storage().exists(preview_place(row.sha256, "small"))
