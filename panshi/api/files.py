"""Files of records: what hangs from one, upload, another version, the bytes."""

import datetime as dt
from typing import Any, Final
from urllib.parse import quote

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Query, Router
from ninja.files import UploadedFile
from ninja.params.functions import File, Form
from pydantic import BaseModel, ConfigDict, Field

from panshi.api import answers
from panshi.api.operations import operation
from panshi.api.pages import cursor_of, key_in
from panshi.api.problems import Problem
from panshi.api.request import ApiRequest
from panshi.api.types import KEY, MOST_KEY, Asked, Out, PageOut
from panshi.api.writing import plain
from panshi.ground.base.refs import RecordRef
from panshi.ground.files.reports import FileDetail, ShownVersion, attached, one_file
from panshi.ground.files.services import add_version, attach, note_download
from panshi.ground.files.store import open_content

router = Router(tags=["files"])

RECORD: Final = r"^[a-z]+(\.[a-z_]+)?:[1-9][0-9]{0,17}$"


class VersionOut(Out):
    """One version of a file."""

    number: int
    name: str
    size: int
    type: str = Field(examples=["pdf"])
    sha256: str
    note: str
    at: dt.datetime
    by_id: int | None


class FileOut(Out):
    """A file of a record."""

    id: int
    record: str = Field(examples=["account:42"])
    account_id: int | None
    name: str
    version: int
    confidential: bool
    versions: list[VersionOut] = Field(description="Newest first; in lists only the newest")


class FilePage(PageOut):
    """A page of files, newest first."""

    items: list[FileOut]


class FilesAsked(Asked):
    """Of which record."""

    record: str = Field(pattern=RECORD, description="account:42, contact:7, log:9 …")


class ContentAsked(BaseModel):
    """Which version."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = Field(None, ge=1, le=2**31 - 1, description="The newest if left out")


def _ref(record: str) -> RecordRef:
    kind, _colon, key = record.partition(":")
    try:
        return RecordRef(kind, int(key))
    except ValueError as error:
        raise Http404 from error


def _shown(file: Any, versions: list[ShownVersion]) -> dict[str, Any]:
    return {
        "id": file.pk,
        "record": f"{file.record_kind}:{file.record_id}",
        "account_id": file.account_id,
        "name": file.name,
        "version": file.version,
        "confidential": file.confidential,
        "versions": [
            {
                "number": one.version.number,
                "name": one.version.name,
                "size": one.size,
                "type": one.version.content.type,
                "sha256": one.version.content_id,
                "note": one.version.note,
                "at": plain(one.version.at),
                "by_id": one.version.by_id,
            }
            for one in versions
        ],
    }


def _file(request: ApiRequest, pk: int) -> FileDetail:
    found = one_file(pk, request.viewer)
    if found is None:
        raise Http404
    return found


@operation(router, "GET", "/files", scope="files:read", answers=FilePage)
def list_files(request: ApiRequest, asked: Query[FilesAsked]) -> HttpResponse:
    """The files of one record, newest first."""
    found = attached(_ref(asked.record), request.viewer)
    if found is None:
        raise Http404
    name = f"files {asked.record}"
    below = key_in(asked.cursor, name) if asked.cursor else MOST_KEY
    rest = [each for each in found.files if each.file.pk < below]
    page = rest[: asked.limit]
    cursor = cursor_of(None, page[-1].file.pk, name) if len(rest) > len(page) else ""
    return answers.page(request, [_shown(each.file, [each.newest]) for each in page], cursor)


@operation(router, "POST", "/files", scope="files:write", answers=FileOut, status=201)
def upload_file(
    request: ApiRequest,
    record: str = Form(..., pattern=RECORD, description="account:42, contact:7, log:9 …"),
    file: UploadedFile = File(..., description="What it is is told by its bytes"),  # noqa: B008
    note: str = Form("", max_length=200),
    confidential: bool = Form(False),
) -> HttpResponse:
    """Hang a file from a record you may change."""
    ref = _ref(record)
    if attached(ref, request.viewer) is None:
        raise Http404
    made = attach(
        record=ref,
        name=str(file.name),
        content=file.file or file,
        note=note,
        confidential=confidential,
        by=request.viewer,
        at=request.at,
    )
    found = _file(request, made.pk)
    shown = _shown(found.file, list(found.versions))
    return answers.record(request, shown, status=201, location=f"/api/v1/files/{made.pk}")


@operation(router, "GET", "/files/{pk}", scope="files:read", answers=FileOut)
def read_file(request: ApiRequest, pk: int = KEY) -> HttpResponse:
    """One file with all its versions."""
    found = _file(request, pk)
    return answers.record(request, _shown(found.file, list(found.versions)))


@operation(router, "POST", "/files/{pk}/versions", scope="files:write", answers=FileOut, status=201)
def upload_version(
    request: ApiRequest,
    pk: int = KEY,
    file: UploadedFile = File(..., description="A newer version"),  # noqa: B008
    note: str = Form("", max_length=200),
) -> HttpResponse:
    """Put a newer version on top; earlier ones stay."""
    found = _file(request, pk)
    add_version(
        file=found.file,
        name=str(file.name),
        content=file.file or file,
        note=note,
        by=request.viewer,
        at=request.at,
    )
    found = _file(request, pk)
    return answers.record(request, _shown(found.file, list(found.versions)), status=201)


@operation(router, "GET", "/files/{pk}/content", scope="files:read", answers=None)
def read_content(request: ApiRequest, asked: Query[ContentAsked], pk: int = KEY) -> HttpResponseBase:
    """The bytes of a file, always to be saved, never to be run. It is noted who fetched them."""
    found = _file(request, pk)
    chosen = next((one for one in found.versions if asked.version in (None, one.version.number)), None)
    if chosen is None:
        raise Http404
    try:
        content = open_content(chosen.version.content_id)
    except FileNotFoundError as error:
        raise Problem(404, "not_found", _("文件的内容不在了。")) from error
    note_download(version=chosen.version, looked=False, by=request.viewer, at=request.at)
    answer = FileResponse(content, content_type="application/octet-stream")
    answer["Content-Length"] = str(chosen.size)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(chosen.version.name, safe='')}"
    return answer
