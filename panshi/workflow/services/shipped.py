"""Processes that come with the system: files beside this package, loaded again and again without doing anything twice.

What an administrator changed is never overridden: a newer shipped version is then kept as a draft, and they are told.
"""

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.ground.audit.services import record
from panshi.ground.base.refs import RecordRef
from panshi.ground.base.viewer import Viewer
from panshi.ground.notices.services import notify
from panshi.workflow import events
from panshi.workflow.models import Process, ProcessVersion, VersionState
from panshi.workflow.services.definitions import create_process, publish, save_draft
from panshi.workflow.services.queue import administrators

FOLDER: Final = Path(__file__).resolve().parent.parent / "processes"


@transaction.atomic
def load_shipped(*, by: Viewer, at: dt.datetime, folder: Path = FOLDER) -> list[str]:
    """Bring every shipped process up to date; answers the keys that changed.

    A file is JSON with key, name, category, description, form, note, and steps (with settings) or the name of the BPMN
    file beside it.
    """
    changed = []
    for path in sorted(folder.glob("*.json")):
        text = path.read_text(encoding="utf-8")
        given: dict[str, Any] = json.loads(text)
        drawing = (folder / given["bpmn"]).read_text(encoding="utf-8") if "bpmn" in given else ""
        digest = hashlib.sha256((text + drawing).encode()).hexdigest()
        if _load(given, drawing, digest, by=by, at=at):
            changed.append(str(given["key"]))
    return changed


def _load(given: dict[str, Any], drawing: str, digest: str, *, by: Viewer, at: dt.datetime) -> bool:
    """Load one file unless it was loaded before."""
    process = Process.objects.filter(key=given["key"]).first()
    if process is not None and process.shipped == digest:
        return False
    if process is None:
        process = create_process(
            key=given["key"],
            name=given["name"],
            category=given.get("category", ""),
            description=given.get("description", ""),
            by=by,
            at=at,
        )
    versions = ProcessVersion.objects.filter(process=process)
    present = versions.filter(state=VersionState.PUBLISHED).first()
    at_work = versions.filter(state=VersionState.DRAFT).first()
    Process.objects.filter(pk=process.pk).update(shipped=digest)
    own = present is not None and not present.shipped
    retired = present is None and versions.filter(state=VersionState.RETIRED).exists()
    if at_work is not None:  # somebody writes a draft: it is theirs, they are only told
        _offer(process, at_work, by=by, at=at)
        return True
    draft = save_draft(
        process=process,
        steps={"settings": given.get("settings", {}), "steps": given["steps"]} if not drawing else None,
        drawing=drawing,
        form=given.get("form", []),
        shipped=True,
        by=by,
        at=at,
    )
    if own or retired:
        _offer(process, draft, by=by, at=at)
    else:
        publish(version=draft, note=given.get("note") or _("随系统提供"), by=by, at=at)
    return True


def _offer(process: Process, draft: ProcessVersion, *, by: Viewer, at: dt.datetime) -> None:
    """Tell those who manage processes that there is a newer shipped version."""
    record(
        events.SHIPPED_OFFERED,
        at=at,
        by_id=by.person_id,
        subject_id=process.pk,
        process=process.key,
        number=draft.number,
    )
    notify(
        events.TOLD_SHIPPED,
        to=administrators(on=timezone.localdate(at)),
        at=at,
        record=RecordRef("process", process.pk),
        process=process.name,
    )
