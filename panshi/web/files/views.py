"""Looking at files: what hangs from a record, one file with its versions, its bytes as a download or to look at.

Nothing that can run leaves as part of our pages: pictures are made anew, PDFs come with a policy that allows nothing,
text is shown by our own template, everything else is a download of a type no browser opens.
"""

from typing import Final
from urllib.parse import quote

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from panshi.domains.accounts.models import Account
from panshi.ground.base.refs import RecordRef
from panshi.ground.files.intake import allowed_extensions, most_bytes
from panshi.ground.files.reports import Attached, ShownVersion, attached, one_file, one_version, text_of
from panshi.ground.files.services import note_download
from panshi.ground.files.store import open_content, open_preview
from panshi.ground.files.types import ACTIVE, BY_CODE
from panshi.web.request import PanshiRequest, page

LOCKED: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'; sandbox"
)
"""The policy of bytes people uploaded: they may load, run, send and open nothing."""

PDF_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
"""The same without `sandbox`, in which browsers refuse to start their own PDF viewer."""


@page
def of(request: PanshiRequest, kind: str, record: int) -> HttpResponse:
    """The files of any record, as a part of its page."""
    return _panel(request, _ref(kind, record), None)


@page
def of_account(request: PanshiRequest, pk: int) -> HttpResponse:
    """The files of an account and of what hangs from it, as a tab of its page."""
    if not Account.objects.visible_to(request.viewer).filter(pk=pk).exists():
        raise Http404
    return _panel(request, RecordRef("account", pk), pk)


def _ref(kind: str, record: int) -> RecordRef:
    try:
        return RecordRef(kind, record)
    except ValueError as error:
        raise Http404 from error


def _panel(request: PanshiRequest, record: RecordRef, account_id: int | None) -> HttpResponse:
    found: Attached | None = attached(record, request.viewer, account_id=account_id)
    if found is None:
        raise Http404
    context = {
        "found": found,
        "here": "" if account_id else _here(record),
        "upload": reverse("files:upload", args=[record.kind, record.id]),
        "kinds": " ".join(f".{each}" for each in allowed_extensions()),
        "most": most_bytes(),
    }
    if not request.htmx:
        return render(request, "files/of_page.html", context)
    in_drawer = request.htmx.target == "drawer-body"
    response = render(request, "files/of_drawer.html" if in_drawer else "files/of.html", context)
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    return response


def _here(record: RecordRef) -> str:
    return reverse("files:of", args=[record.kind, record.id])


@page
def detail(request: PanshiRequest, pk: int) -> HttpResponse:
    """One file: how it looks, its versions, what may be done to it."""
    found = one_file(pk, request.viewer)
    if found is None:
        raise Http404
    number = request.GET.get("version", "")
    chosen = next((each for each in found.versions if str(each.version.number) == number), found.newest)
    text, more = ("", False)
    if chosen.look == "text" and not found.file.confidential:
        text, more = text_of(chosen.version)
    context = {
        "found": found,
        "chosen": chosen,
        "text": text,
        "more": more,
        "kinds": " ".join(f".{each}" for each in BY_CODE[chosen.version.content.type].extensions)
        if chosen.version.content.type in BY_CODE
        else "",
        "most": most_bytes(),
    }
    return render(request, "files/detail.html", context)


def _version(request: PanshiRequest, pk: int, number: int | None) -> ShownVersion:
    found = one_version(pk, number, request.viewer)
    if found is None:
        raise Http404
    return found


@page
def download(request: PanshiRequest, pk: int, number: int | None = None) -> HttpResponseBase:
    """The bytes, to be saved under the file's name."""
    found = _version(request, pk, number)
    note_download(version=found.version, looked=False, by=request.viewer, at=request.at)
    kind = BY_CODE.get(found.version.content.type)
    mime = kind.mime if kind and kind.code not in ACTIVE else "application/octet-stream"
    answer = _bytes(found, mime)
    name = found.version.name if number is not None else found.version.file.name
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    answer["Content-Security-Policy"] = LOCKED
    return answer


@page
def look(request: PanshiRequest, pk: int, number: int) -> HttpResponseBase:
    """A PDF inside our page; other types cannot be looked at as they are."""
    found = _version(request, pk, number)
    if found.look != "pdf":
        raise Http404
    note_download(version=found.version, looked=True, by=request.viewer, at=request.at)
    answer = _bytes(found, "application/pdf")
    answer["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(found.version.name, safe='')}"
    answer["Content-Security-Policy"] = PDF_POLICY
    answer["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _bytes(found: ShownVersion, mime: str) -> FileResponse:
    try:
        file = open_content(found.version.content_id)
    except FileNotFoundError as error:
        raise Http404 from error
    answer = FileResponse(file, content_type=mime)
    answer["Content-Length"] = str(found.size)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


@page
def picture(request: PanshiRequest, pk: int, number: int, size: str) -> HttpResponseBase:
    """A preview of a picture, made by us from its pixels."""
    found = _version(request, pk, number)
    if not found.picture or size not in {"small", "large"}:
        raise Http404
    if size == "large":
        note_download(version=found.version, looked=True, by=request.viewer, at=request.at)
    try:
        answer = FileResponse(open_preview(found.version.content_id, size), content_type="image/webp")
    except FileNotFoundError as error:
        raise Http404 from error
    answer["Content-Security-Policy"] = LOCKED
    answer["Cache-Control"] = (
        "private, max-age=86400" if not found.version.file.confidential else "private, no-store"
    )
    return answer
