"""Housekeeping of contents: their pictures, and sweeping away bytes that no file holds any more."""

import datetime as dt
from collections.abc import Callable
from typing import Final

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.db import transaction
from django.db.models import Exists, OuterRef

from panshi.engines.pictures import NoPicture, previews
from panshi.ground.files.models import Content, FileVersion, PreviewState
from panshi.ground.files.store import PART, forget, open_content, preview_place, storage

GRACE: Final = dt.timedelta(days=1)
"""Bytes without a file are kept so long: an upload may be under way."""


def make_previews(*, sha256: str) -> bool:
    """Make the pictures of a content; False, and remembered, where there can be none. Made again they are the same."""
    waiting = Content.objects.filter(pk=sha256)
    if not waiting.exists():
        return False
    try:
        with open_content(sha256) as file:
            made = previews(file)
    except (NoPicture, FileNotFoundError):
        waiting.update(preview=PreviewState.REFUSED)
        return False
    for size, data in (("small", made.small), ("large", made.large)):
        place = preview_place(sha256, size)
        if not storage().exists(place):
            storage().save(place, ContentFile(data))
    waiting.update(preview=PreviewState.MADE)
    return True


def sweep_orphans(*, at: dt.datetime, check: Callable[[], None] = lambda: None) -> int:
    """Remove contents that no version has held for a day, and what died on its way to the disk. Answers how many."""
    held = FileVersion.objects.filter(content_id=OuterRef("pk"))
    loose = Content.objects.filter(~Exists(held))
    loose.filter(orphan_since=None, stored_at__lt=at - GRACE).update(orphan_since=at)
    Content.objects.filter(Exists(held)).exclude(orphan_since=None).update(orphan_since=None)
    gone = 0
    for sha256 in loose.filter(orphan_since__lt=at - GRACE).order_by("pk").values_list("pk", flat=True):
        check()
        gone += _remove(sha256)
    return gone + _sweep_disk(at)


@transaction.atomic
def _remove(sha256: str) -> bool:
    """Remove one content under its lock: an upload of the same bytes waits here and then stores them anew."""
    row = Content.objects.select_for_update().filter(pk=sha256).first()
    if row is None or row.orphan_since is None or FileVersion.objects.filter(content_id=sha256).exists():
        return False
    forget(sha256)
    row.delete()
    return True


def _sweep_disk(at: dt.datetime) -> int:
    """Remove parts of uploads that died, and bytes whose row was never saved; only where contents lie on our disk."""
    place = storage()
    if not isinstance(place, FileSystemStorage):
        return 0
    gone = 0
    for folder in ("content", "preview"):
        if not place.exists(folder):
            continue
        for inner in place.listdir(folder)[0]:
            names = place.listdir(f"{folder}/{inner}")[1]
            known = set(
                Content.objects.filter(pk__in={name[:64] for name in names}).values_list("pk", flat=True)
            )
            for name in names:
                path = f"{folder}/{inner}/{name}"
                unknown = name.startswith(PART) or name[:64] not in known
                if unknown and place.get_modified_time(path) < at - GRACE:
                    place.delete(path)
                    gone += 1
    return gone
