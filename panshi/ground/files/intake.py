"""Taking bytes in: how large, what they really are, whether a scanner takes them; and keeping them once, by hash."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import IO, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from panshi.ground.base.refusals import Refused
from panshi.ground.files.models import Content, PreviewState
from panshi.ground.files.names import clean_name
from panshi.ground.files.scanning import scan
from panshi.ground.files.sniffing import real_type
from panshi.ground.files.store import keep
from panshi.ground.files.types import BY_EXTENSION, FileType, extension_of, type_words
from panshi.ground.settings.checks import checks, misfit
from panshi.ground.settings.reports import value

PIECE: Final = 1 << 20
MEGABYTE: Final = 1 << 20


class CannotTakeFile(Refused):
    """The file is too large, of a type that is not wanted, not what its name says, or not clean."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file found fit to keep."""

    name: str
    type: FileType
    size: int
    sha256: str


def most_bytes() -> int:
    """How large a file may be: what the settings say, never more than the server takes."""
    return min(int(value("files.most_megabytes")) * MEGABYTE, int(settings.UPLOAD_LIMIT))


def allowed_extensions() -> tuple[str, ...]:
    """The extensions that are wanted, of those we can tell by their bytes."""
    wanted = _extensions_in(value("files.extensions"))
    return tuple(dict.fromkeys(each for each in wanted if each in BY_EXTENSION))


def _extensions_in(text: str) -> list[str]:
    plain = text.lower()
    for mark in ",.，、;；*":
        plain = plain.replace(mark, " ")
    return plain.split()


@checks("files.extensions")
def _tellable(text: str) -> None:
    """Every extension must be one whose bytes we know; the others would be refused at each upload."""
    unknown = [each for each in dict.fromkeys(_extensions_in(text)) if each not in BY_EXTENSION]
    if unknown:
        raise misfit(
            _("系统无法按内容识别这些类型，不能允许上传：%(unknown)s。可以使用的有：%(known)s。")
            % {"unknown": " ".join(unknown), "known": " ".join(BY_EXTENSION)}
        )


@checks("files.most_megabytes")
def _within_the_server(megabytes: int) -> None:
    if megabytes * MEGABYTE > settings.UPLOAD_LIMIT:
        raise misfit(
            _("服务器最多接收 %(most)d MB（PANSHI_UPLOAD_MB），请填写不超过它的数。")
            % {"most": settings.UPLOAD_LIMIT // MEGABYTE}
        )


def check(name: str, file: IO[bytes], *, expected: FileType | None = None) -> Checked:
    """Look at a file from all sides. Raises `CannotTakeFile`, with a sentence that says what is wrong.

    `expected` is the type of the earlier versions: another version must be of the same family of types.
    """
    plain = clean_name(name)
    if not plain:
        raise CannotTakeFile(_("文件没有名字。"), field="file")
    kind = _wanted_type(plain)
    if expected is not None and kind.known_by != expected.known_by and kind.look != expected.look:
        raise CannotTakeFile(
            _("新版本是%(new)s，原文件是%(old)s；请作为另一个文件上传。")
            % {"new": type_words(kind.code), "old": type_words(expected.code)},
            field="file",
        )
    size, sha256 = _measure(file)
    _honest(plain, kind, real_type(file))
    verdict = scan(file)
    if verdict == "infected":
        raise CannotTakeFile(_("病毒扫描发现问题，文件没有保存。"), field="file")
    if verdict == "unknown":
        raise CannotTakeFile(_("暂时无法进行病毒扫描，文件没有保存，请稍后再试。"), field="file")
    return Checked(plain, kind, size, sha256)


def _wanted_type(name: str) -> FileType:
    """The type a name claims, if it is one people may attach."""
    extension = extension_of(name)
    if extension not in allowed_extensions():
        shown = f".{extension}" if extension else _("没有扩展名")
        raise CannotTakeFile(
            _("不能上传这种文件（%(type)s）。允许：%(allowed)s")
            % {"type": shown, "allowed": _("、").join(allowed_extensions())},
            field="file",
        )
    return BY_EXTENSION[extension]


def _measure(file: IO[bytes]) -> tuple[int, str]:
    """Size and hash, read in pieces; stops at the limit."""
    most, size, digest = most_bytes(), 0, hashlib.sha256()
    file.seek(0)
    while piece := file.read(PIECE):
        size += len(piece)
        if size > most:
            raise CannotTakeFile(_("文件超过 %(most)d MB。") % {"most": most // MEGABYTE}, field="file")
        digest.update(piece)
    file.seek(0)
    return size, digest.hexdigest()


def _honest(name: str, claimed: FileType, real: str) -> None:
    """Refuse a file that is not what its name says, and say what it is."""
    words = {"real": type_words(real), "claimed": type_words(claimed.code)}
    if real == "empty":
        raise CannotTakeFile(_("文件是空的。"), field="file")
    if real in {"program", "macro"}:
        raise CannotTakeFile(_("不能上传%(real)s。") % words, field="file")
    if real == "office_locked":
        if claimed.code in {"docx", "xlsx", "pptx", "doc", "xls", "ppt"}:
            return
    elif real == claimed.known_by or (claimed.known_by == "text" and real == "xml"):
        return
    raise CannotTakeFile(_("文件名说是%(claimed)s，实际是%(real)s，没有保存。") % words, field="file")


def stored(checked: Checked, file: IO[bytes], *, at: dt.datetime) -> tuple[Content, bool]:
    """The content of these bytes, kept if it is new; and whether it is. Call inside a transaction.

    The row is locked: the sweep, which removes bytes under the same lock, cannot take away what is attached just now.
    """
    assert transaction.get_connection().in_atomic_block
    values = {
        "size": checked.size,
        "type": checked.type.code,
        "stored_at": at,
        "preview": PreviewState.WAITING if checked.type.look == "picture" else PreviewState.NONE,
    }
    for _again in range(3):
        Content.objects.bulk_create([Content(sha256=checked.sha256, **values)], ignore_conflicts=True)
        row = Content.objects.select_for_update().filter(pk=checked.sha256).first()
        if row is not None:
            break
    else:
        raise CannotTakeFile(_("文件无法保存，请再试一次。"), field="file")
    try:
        keep(checked.sha256, file)
    except OSError as error:
        raise CannotTakeFile(_("文件无法保存，请检查服务器磁盘空间。"), field="file") from error
    fresh = row.preview == PreviewState.WAITING and row.stored_at == at
    if row.orphan_since is not None:
        Content.objects.filter(pk=row.pk).update(orphan_since=None)
    return row, fresh
