"""Drafts: begin a table, save what is being edited, throw it away."""

import datetime as dt
import re
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from panshi.ground.audit.services import record
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.rules import events
from panshi.ground.rules.content import MOST_BYTES, Content, write_content
from panshi.ground.rules.models import RuleTable

_KEY: Final = re.compile(r"[a-z][a-z0-9_]{1,58}[a-z0-9]\Z", re.ASCII)


class CannotCreateTable(Refused):
    """The key or name cannot be used."""


class CannotSaveDraft(Refused):
    """The content is too large to be kept."""


@transaction.atomic
def create_table(*, key: str, name: str, purpose: str = "", by: Viewer, at: dt.datetime) -> RuleTable:
    """Begin a table that nothing consults yet."""
    by.require("rules.manage")
    if not _KEY.match(key):
        message = _("代号用小写英文字母、数字和下划线，以字母开头，3 到 60 个字。")
        raise CannotCreateTable(message, field="key")
    if not name.strip():
        raise CannotCreateTable(_("请填写名称。"), field="name")
    table = RuleTable(
        key=key,
        name=name.strip(),
        purpose=purpose.strip(),
        created_at=at,
        updated_at=at,
        created_by_id=by.person_id,
    )
    try:
        with transaction.atomic():
            table.save(force_insert=True)
    except IntegrityError as error:
        raise CannotCreateTable(_("已有代号相同的决策表。"), field="key") from error
    record(events.CREATED, at=at, by_id=by.person_id, subject_id=table.pk, key=key)
    return table


def locked(table_id: int, *, by: Viewer, expected_version: int | None = None) -> RuleTable:
    """The table under a row lock, when the viewer may manage it and nobody moved it on meanwhile."""
    by.require("rules.manage")
    table: RuleTable = RuleTable.objects.select_for_update().order_by("pk").get(pk=table_id)
    if expected_version is not None:
        table.expect(expected_version)
    return table


@transaction.atomic
def save_draft(
    *, table_id: int, content: Content, expected_version: int, by: Viewer, at: dt.datetime
) -> RuleTable:
    """Keep what is being edited, also with errors in cells. The same content again changes nothing."""
    table = locked(table_id, by=by, expected_version=expected_version)
    text = write_content(content)
    if len(text.encode()) > MOST_BYTES:
        raise CannotSaveDraft(_("内容太大，无法保存。"))
    if text == table.draft:
        return table
    table.draft = text
    table.drafted_at, table.drafted_by_id = at, by.person_id
    table.step(at=at)
    table.save(update_fields=["draft", "drafted_at", "drafted_by_id", "version", "updated_at"])
    record(
        events.DRAFTED,
        at=at,
        by_id=by.person_id,
        subject_id=table.pk,
        key=table.key,
        rows=len(content.table.rows),
        version=table.version,
    )
    return table


@transaction.atomic
def discard_draft(*, table_id: int, expected_version: int, by: Viewer, at: dt.datetime) -> RuleTable:
    """Throw the draft away; the published versions stay."""
    table = locked(table_id, by=by, expected_version=expected_version)
    if not table.draft:
        return table
    table.draft, table.drafted_at, table.drafted_by_id = "", None, None
    table.step(at=at)
    table.save(update_fields=["draft", "drafted_at", "drafted_by_id", "version", "updated_at"])
    record(
        events.DISCARDED,
        at=at,
        by_id=by.person_id,
        subject_id=table.pk,
        key=table.key,
        version=table.version,
    )
    return table
