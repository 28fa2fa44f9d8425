"""Tables that come with the product: files under `tables/`, loaded when the installation is prepared.

A file is published when it is new or has changed, but never over a version a person published: what an administrator
decided stays.
"""

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from panshi.ground.audit.services import record
from panshi.ground.base.viewer import Viewer
from panshi.ground.rules import events
from panshi.ground.rules.content import read_content
from panshi.ground.rules.models import RuleTable
from panshi.ground.rules.services.publishing import add_version, refuse_unfit

SHIPPED: Final = Path(__file__).parent.parent / "tables"
SINCE: Final = dt.date(2000, 1, 1)
"""From when the first shipped version holds: every day anybody may ask about."""


def load_shipped(*, by: Viewer, at: dt.datetime, directory: Path = SHIPPED) -> list[str]:
    """Load every shipped table; answers the keys of those that were new or changed. Safe to run at any time."""
    changed = []
    for path in sorted(directory.glob("*.json")):
        text = path.read_text(encoding="utf-8")
        if load_table(data=json.loads(text), digest=hashlib.sha256(text.encode()).hexdigest(), by=by, at=at):
            changed.append(path.stem)
    return changed


@transaction.atomic
def load_table(*, data: dict[str, Any], digest: str, by: Viewer, at: dt.datetime) -> bool:
    """Bring one shipped table up to date; answers whether anything was written."""
    table, is_new = RuleTable.objects.select_for_update().get_or_create(
        key=data["key"],
        defaults={
            "name": data["name"],
            "created_at": at,
            "updated_at": at,
            "created_by_id": by.person_id,
        },
    )
    if table.shipped == digest:
        return False
    table.name, table.purpose = data["name"], data.get("purpose", "")
    table.used_by = data.get("used_by", "")
    table.contract = json.dumps(data.get("contract", {}), ensure_ascii=False)
    table.shipped = digest
    table.step(at=at)
    table.save()
    if is_new:
        record(events.CREATED, at=at, by_id=by.person_id, subject_id=table.pk, key=table.key)
    content = read_content(data)
    refuse_unfit(content, table)
    if table.versions.filter(is_shipped=False, is_withdrawn=False).exists():
        return True  # an administrator's version stays; the contract it is held against is the new one
    from_on = timezone.localdate(at) if table.versions.exists() else SINCE
    add_version(table, content, from_on=from_on, note=data["note"], by=by, at=at, is_shipped=True)
    return True
