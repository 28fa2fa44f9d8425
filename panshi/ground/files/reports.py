"""Reads of files: what hangs from a record, one file with its versions, its text; only for who sees the record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, Q

from panshi.ground.base.refs import RecordRef
from panshi.ground.base.viewer import Viewer
from panshi.ground.files.holders import Holder, holder_of, holders
from panshi.ground.files.models import File, FileVersion, PreviewState
from panshi.ground.files.store import open_content
from panshi.ground.files.types import BY_CODE, Look, type_words
from panshi.ground.identity.reports import names_of

MOST_SHOWN: Final = 500
TEXT_SHOWN: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """One version as pages show it."""

    version: FileVersion
    type: str
    look: Look
    picture: bool
    by: str

    @property
    def size(self) -> int:
        """Bytes."""
        return int(self.version.content.size)


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file with its newest version, and what it hangs from where that is not the page's own record."""

    file: File
    newest: ShownVersion
    of: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    """The files of one record, newest first; `voided` ones only for who may change them."""

    record: RecordRef
    files: Sequence[ShownFile]
    voided: Sequence[ShownFile]
    elsewhere: Sequence[ShownFile]
    may_change: bool

    @property
    def size(self) -> int:
        """Bytes of all files shown."""
        return sum(each.newest.size for each in self.files)


def attached(record: RecordRef, viewer: Viewer, *, account_id: int | None = None) -> Attached | None:
    """The files of a record, None where the viewer may not see it (or it holds none); a fixed number of queries.

    With `account_id` also those of the other records of that account the viewer may see.
    """
    holder = holder_of(record.kind)
    if holder is None or not _sees(holder, record.id, viewer):
        return None
    may_change = (
        viewer.may(holder.change) and holder.visible(viewer, holder.change).filter(pk=record.id).exists()
    )
    condition = Q(record_kind=record.kind, record_id__in=[record.id, *holder.also(record.id)])
    others = _of_account(account_id, holder, viewer) if account_id is not None else Q(pk__in=())
    rows = File.objects.filter(condition | others)
    if not may_change:
        rows = rows.standing()
    shown = _shown(_newest(rows), home=holder.kind)
    standing = [each for each in shown if each.file.voided_at is None]
    return Attached(
        record=record,
        files=[each for each in standing if not each.of],
        voided=[each for each in shown if each.file.voided_at is not None and not each.of],
        elsewhere=[each for each in standing if each.of],
        may_change=may_change,
    )


def _sees(holder: Holder, record_id: int, viewer: Viewer) -> bool:
    return bool(holder.visible(viewer, "").filter(pk=record_id).exists())


def _of_account(account_id: int, home: Holder, viewer: Viewer) -> Q:
    """The files of an account's other records, as far as the viewer sees those."""
    found = Q(pk__in=())
    for kind, holder in holders().items():
        if kind != home.kind:
            ids = holder.visible(viewer, "").order_by().values("pk")
            found |= Q(account_id=account_id, record_kind=kind, record_id__in=ids)
    return found


def _newest(rows: Any) -> list[FileVersion]:
    """The newest version of each file, with file and content; one query."""
    versions = FileVersion.objects.filter(file__in=rows, number=F("file__latest"))
    return list(versions.select_related("file", "content").order_by("-file_id")[:MOST_SHOWN])


def _shown(versions: Iterable[FileVersion], *, home: str) -> list[ShownFile]:
    rows = list(versions)
    people = names_of(each.by_id for each in rows)
    titles = _titles([each.file for each in rows if each.file.record_kind != home])
    return [
        ShownFile(
            file=each.file,
            newest=_version(each, people),
            of=titles.get((each.file.record_kind, each.file.record_id), ""),
        )
        for each in rows
    ]


def _titles(files: Sequence[File]) -> dict[tuple[str, int], str]:
    """What other records are called, kind by kind."""
    found: dict[tuple[str, int], str] = {}
    for kind in {each.record_kind for each in files}:
        holder = holder_of(kind)
        if holder is not None:
            ids = {each.record_id for each in files if each.record_kind == kind}
            named = holder.titles(ids)
            found |= {(kind, pk): f"{holder.label} {named.get(pk, '')}".strip() for pk in ids}
    return found


def _version(version: FileVersion, people: dict[int, str]) -> ShownVersion:
    kind = BY_CODE.get(version.content.type)
    return ShownVersion(
        version=version,
        type=type_words(version.content.type),
        look=kind.look if kind else "",
        picture=version.content.preview == PreviewState.MADE,
        by=people.get(version.by_id or 0, ""),
    )


@dataclass(frozen=True, slots=True)
class FileDetail:
    """One file with all its versions, newest first, and what may be done to it."""

    file: File
    holder: Holder
    of: str
    versions: Sequence[ShownVersion]
    may_change: bool
    voided_by: str

    @property
    def newest(self) -> ShownVersion:
        """The current version."""
        return self.versions[0]


def one_file(pk: int, viewer: Viewer) -> FileDetail | None:
    """A file if the viewer sees its record; a voided one only if they may change it."""
    file = File.objects.filter(pk=pk).first()
    holder = holder_of(file.record_kind) if file is not None else None
    if file is None or holder is None or not _sees(holder, file.record_id, viewer):
        return None
    may_change = viewer.may(holder.change) and (
        holder.visible(viewer, holder.change).filter(pk=file.record_id).exists()
    )
    if file.voided_at is not None and not may_change:
        return None
    rows = list(FileVersion.objects.filter(file=file).select_related("content", "file").order_by("-number"))
    people = names_of([file.voided_by_id, *(each.by_id for each in rows)])
    return FileDetail(
        file=file,
        holder=holder,
        of=holder.titles([file.record_id]).get(file.record_id, ""),
        versions=[_version(each, people) for each in rows],
        may_change=may_change,
        voided_by=people.get(file.voided_by_id or 0, ""),
    )


def one_version(pk: int, number: int | None, viewer: Viewer) -> ShownVersion | None:
    """A version of a file (None: the newest) under the same conditions as the file."""
    detail = one_file(pk, viewer)
    if detail is None:
        return None
    if number is None:
        return detail.newest
    return next((each for each in detail.versions if each.version.number == number), None)


def text_of(version: FileVersion) -> tuple[str, bool]:
    """The beginning of a text file, and whether there is more; read as UTF-8, UTF-16 or GBK."""
    with open_content(version.content_id) as file:
        head: bytes = file.read(TEXT_SHOWN + 1)
    more, head = len(head) > TEXT_SHOWN, head[:TEXT_SHOWN]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace"), more
    try:
        return head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "strict" if not more else "ignore"), more
    except UnicodeDecodeError:
        return head.decode("gb18030", "replace"), more
