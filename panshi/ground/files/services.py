"""Every write of files: attach, new version, bring an old one back, rename, void and take that back."""

import datetime as dt
from typing import IO, Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.ground.audit.kinds import EventKind
from panshi.ground.audit.services import record as record_event
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.files import events
from panshi.ground.files.holders import Holder, holder_of
from panshi.ground.files.intake import Checked, check, stored
from panshi.ground.files.models import Content, File, FileVersion
from panshi.ground.files.names import clean_name
from panshi.ground.files.types import BY_CODE, extension_of
from panshi.ground.search import services as search
from panshi.ground.settings.reports import value
from panshi.ground.work.services import enqueue

PREVIEW: Final = "files.preview"
"""The job that makes the pictures of a content."""


class CannotAttach(Refused):
    """The record holds no files, or no more."""


def attach(
    *,
    record: RecordRef,
    name: str,
    content: IO[bytes],
    note: str = "",
    confidential: bool = False,
    account_id: int | None = None,
    by: Viewer,
    at: dt.datetime,
) -> File:
    """Hang a file from a record; whose account that is, is asked of the record unless the caller knows.

    Bytes are looked at before the transaction; a process killed in it leaves at most bytes the sweep removes.
    """
    changeable(record, by=by)
    checked = check(name, content)
    return _attach(record, checked, content, note, confidential, account_id, by=by, at=at)


@transaction.atomic
def _attach(
    record: RecordRef,
    checked: Checked,
    content: IO[bytes],
    note: str,
    confidential: bool,
    account_id: int | None,
    *,
    by: Viewer,
    at: dt.datetime,
) -> File:
    holder = changeable(record, by=by)
    known = File.objects.standing().filter(record_kind=record.kind, record_id=record.id)
    if known.count() >= value("files.most_per_record"):
        raise CannotAttach(
            _("这条记录已有 %(most)d 个文件，请先作废不需要的。") % {"most": value("files.most_per_record")},
            field="file",
        )
    kept, fresh = stored(checked, content, at=at)
    file = File.objects.create(
        record_kind=record.kind,
        record_id=record.id,
        account_id=account_id if account_id is not None else holder.account_of(record.id),
        name=checked.name,
        confidential=confidential or holder.confidential,
        created_at=at,
        created_by_id=by.person_id,
        updated_at=at,
    )
    _add(file, checked.name, kept, fresh, note=note, by=by, at=at)
    _tell(events.ATTACHED, file, by, at, type=kept.type, size=kept.size, sha256=kept.sha256)
    _make_findable(file, holder)
    return file


def changeable(record: RecordRef, *, by: Viewer) -> Holder:
    """The holder of a record whose files this person may change; raises `NotAllowed` otherwise."""
    holder = holder_of(record.kind)
    if holder is None:
        raise CannotAttach(_("这里不能添加文件。"))
    by.require(holder.change)
    if not holder.visible(by, holder.change).filter(pk=record.id).exists():
        raise NotAllowed(_("您没有此项操作的权限。"))
    return holder


class CannotChangeFile(Refused):
    """The file was voided, there is no such version, or something needed was left out."""


def add_version(
    *, file: File, name: str, content: IO[bytes], note: str = "", by: Viewer, at: dt.datetime
) -> FileVersion:
    """Put a newer version on top of a file; earlier ones stay. The same bytes again are refused."""
    changeable(RecordRef(file.record_kind, file.record_id), by=by)
    newest = _version(file, file.latest)
    checked = check(name, content, expected=BY_CODE.get(newest.content.type))
    return _put_on_top(file, checked, content, note, by=by, at=at)


@transaction.atomic
def _put_on_top(
    file: File, checked: Checked, content: IO[bytes], note: str, *, by: Viewer, at: dt.datetime
) -> FileVersion:
    row = _locked(file, by)
    if _version(row, row.latest).content_id == checked.sha256:
        raise CannotChangeFile(_("内容与当前版本完全相同，没有保存。"), field="file")
    kept, fresh = stored(checked, content, at=at)
    row.latest += 1
    row.name = checked.name
    row.step(at=at)
    row.save(update_fields=["latest", "name", "version", "updated_at"])
    made = _add(row, checked.name, kept, fresh, note=note, by=by, at=at)
    _tell(
        *(events.VERSION_ADDED, row, by, at),
        number=made.number,
        type=kept.type,
        size=kept.size,
        sha256=kept.sha256,
    )
    _make_findable(row, holder_of(row.record_kind))
    return made


@transaction.atomic
def restore_version(*, file: File, number: int, by: Viewer, at: dt.datetime) -> FileVersion:
    """Make an old version the newest one, as a version of its own; nothing is lost."""
    row = _locked(file, by)
    old = _version(row, number)
    if number == row.latest:
        raise CannotChangeFile(_("这已经是当前版本。"))
    row.latest += 1
    row.name = old.name
    row.step(at=at)
    row.save(update_fields=["latest", "name", "version", "updated_at"])
    made = FileVersion.objects.create(
        file=row,
        number=row.latest,
        name=old.name,
        content_id=old.content_id,
        restored_from=number,
        at=at,
        by_id=by.person_id,
    )
    _tell(events.VERSION_RESTORED, row, by, at, number=made.number, of=number)
    _make_findable(row, holder_of(row.record_kind))
    return made


@transaction.atomic
def change_file(
    *,
    file: File,
    name: str,
    confidential: bool,
    expected_version: int | None = None,
    by: Viewer,
    at: dt.datetime,
) -> File:
    """Give a file another name (its extension stays) or say that it is confidential."""
    row = _locked(file, by)
    if expected_version is not None:
        row.expect(expected_version)
    plain, ending = clean_name(name), extension_of(row.name)
    if extension_of(plain) != ending:
        plain = clean_name(f"{plain}.{ending}") if plain else ""
    if not plain or plain == f".{ending}":
        raise CannotChangeFile(_("请填写文件名。"), field="name")
    before: dict[str, Any] = {"name": row.name, "confidential": row.confidential}
    after: dict[str, Any] = {"name": plain, "confidential": confidential}
    changes = {key: (before[key], after[key]) for key in before if before[key] != after[key]}
    if not changes:
        return row
    row.name, row.confidential = plain, confidential
    row.step(at=at)
    row.save(update_fields=["name", "confidential", "version", "updated_at"])
    _tell(events.CHANGED, row, by, at, changes=changes, fields=sorted(changes))
    _make_findable(row, holder_of(row.record_kind))
    return row


@transaction.atomic
def void_file(*, file: File, reason: str, by: Viewer, at: dt.datetime) -> File:
    """Take a file out of sight; its bytes and versions stay, and it can be brought back."""
    row = _locked(file, by)
    if not reason.strip():
        raise CannotChangeFile(_("请说明作废的理由。"), field="reason")
    row.voided_at, row.voided_by_id, row.void_reason = at, by.person_id, reason.strip()[:200]
    row.step(at=at)
    row.save(update_fields=["voided_at", "voided_by_id", "void_reason", "version", "updated_at"])
    _tell(events.VOIDED, row, by, at, changes={"reason": ("", row.void_reason)})
    _forget_findable(row)
    return row


@transaction.atomic
def unvoid_file(*, file: File, by: Viewer, at: dt.datetime) -> File:
    """Bring a voided file back."""
    row = _locked(file, by, voided=True)
    row.voided_at, row.voided_by_id, row.void_reason = None, None, ""
    row.step(at=at)
    row.save(update_fields=["voided_at", "voided_by_id", "void_reason", "version", "updated_at"])
    _tell(events.UNVOIDED, row, by, at)
    _make_findable(row, holder_of(row.record_kind))
    return row


@transaction.atomic
def note_download(*, version: FileVersion, looked: bool, by: Viewer, at: dt.datetime) -> None:
    """Keep that somebody opened a confidential file, before its first byte leaves; other files leave no trace."""
    if version.file.confidential:
        _tell(events.DOWNLOADED, version.file, by, at, number=version.number, looked=looked)


def _locked(file: File, by: Viewer, *, voided: bool = False) -> File:
    """The file under a row lock, if this person may change it and it stands (or is voided, where that is wanted)."""
    changeable(RecordRef(file.record_kind, file.record_id), by=by)
    row: File = File.objects.select_for_update().get(pk=file.pk)
    if voided and row.voided_at is None:
        raise CannotChangeFile(_("这个文件没有作废。"))
    if not voided and row.voided_at is not None:
        raise CannotChangeFile(_("这个文件已作废，不能再修改。"))
    return row


def _version(file: File, number: int) -> FileVersion:
    found = FileVersion.objects.select_related("content").filter(file=file, number=number).first()
    if found is None:
        raise CannotChangeFile(_("没有这个版本。"))
    return found


def _add(
    file: File, name: str, kept: Content, fresh: bool, *, note: str, by: Viewer, at: dt.datetime
) -> FileVersion:
    """The newest version's row, and the job that makes its picture where the bytes are new."""
    made: FileVersion = FileVersion.objects.create(
        file=file,
        number=file.latest,
        name=name,
        content=kept,
        note=note.strip()[:200],
        at=at,
        by_id=by.person_id,
    )
    if fresh:
        enqueue(kind=PREVIEW, arguments={"sha256": kept.sha256}, by=Viewer(person_id=None), at=at)
    return made


def _tell(
    kind: EventKind,
    file: File,
    by: Viewer,
    at: dt.datetime,
    *,
    changes: dict[str, tuple[Any, Any]] | None = None,
    **payload: Any,
) -> None:
    """Record what happened to a file; its name stands beside the event, where it can be erased."""
    record_event(
        kind,
        at=at,
        by_id=by.person_id,
        account_id=file.account_id,
        subject_id=file.pk,
        changes=changes if changes is not None else {"name": ("", file.name)},
        record=file.record_kind,
        record_id=file.record_id,
        **payload,
    )


def _make_findable(file: File, holder: Holder | None) -> None:
    """Let a file be found by its name, where its record's kind allows."""
    if holder is None or not holder.found_as or file.account_id is None:
        return
    title = holder.titles([file.record_id]).get(file.record_id, "")
    search.put(
        kind=holder.found_as, record_id=file.pk, account_id=file.account_id, title=file.name, subtitle=title
    )


def _forget_findable(file: File) -> None:
    holder = holder_of(file.record_kind)
    if holder is not None and holder.found_as:
        search.remove(kind=holder.found_as, record_ids=[file.pk])
