"""Publishing: a checked, tested version that holds from a day on; and taking one back before its day."""

import datetime as dt
import hashlib

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from panshi.ground.audit.services import record
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.rules import events
from panshi.ground.rules.content import Content, load_content, read_contract, write_content
from panshi.ground.rules.models import RuleTable, RuleVersion
from panshi.ground.rules.reports import checked
from panshi.ground.rules.services.drafting import locked
from panshi.ground.settings.once import forget_read


class CannotPublishTable(Refused):
    """The draft has errors, overlaps that are forbidden, failing test cases, or breaks what programs rely on."""


class CannotWithdrawVersion(Refused):
    """The version already holds, so decisions rest on it."""


@transaction.atomic
def publish_table(
    *,
    table_id: int,
    expected_version: int,
    from_on: dt.date,
    note: str,
    by: Viewer,
    at: dt.datetime,
) -> RuleVersion:
    """Publish the draft as the next version, holding from `from_on`; the draft is closed."""
    table = locked(table_id, by=by, expected_version=expected_version)
    if not table.draft:
        raise CannotPublishTable(_("没有可发布的草稿。"))
    if not note.strip():
        raise CannotPublishTable(_("请写明这次改了什么、为什么。"), field="note")
    if from_on < timezone.localdate(at) and table.versions.exists():
        message = _("生效日不能早于今天：过去的决定不会改变。")
        raise CannotPublishTable(message, field="from_on")
    content = load_content(table.draft)
    refuse_unfit(content, table)
    table.draft, table.drafted_at, table.drafted_by_id = "", None, None
    table.step(at=at)
    table.save(update_fields=["draft", "drafted_at", "drafted_by_id", "version", "updated_at"])
    return add_version(table, content, from_on=from_on, note=note.strip(), by=by, at=at)


def refuse_unfit(content: Content, table: RuleTable) -> None:
    """Raise `CannotPublishTable` with the first reason that forbids publishing, counted."""
    found = checked(content, read_contract(table.contract))
    if found.errors:
        raise CannotPublishTable(
            _("有 {count} 处错误，例如：{first}").format(
                count=len(found.errors), first=found.errors[0].message
            )
        )
    if found.broken:
        raise CannotPublishTable(" ".join(found.broken))
    if forbidden := [one.text for one in found.findings if one.is_error]:
        raise CannotPublishTable(forbidden[0])
    if failed := [one for one in found.results if not one.passed]:
        raise CannotPublishTable(
            _("有 {count} 个测试用例没有通过，例如“{name}”：{first}").format(
                count=len(failed), name=failed[0].name, first=failed[0].message
            )
        )


def add_version(
    table: RuleTable,
    content: Content,
    *,
    from_on: dt.date,
    note: str,
    by: Viewer,
    at: dt.datetime,
    is_shipped: bool = False,
) -> RuleVersion:
    """Insert the next version of a locked table and record it."""
    last = table.versions.aggregate(last=Max("number"))["last"] or 0
    text = write_content(content)
    version = RuleVersion(
        table=table,
        number=last + 1,
        from_on=from_on,
        content=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        note=note,
        is_shipped=is_shipped,
        published_at=at,
        published_by_id=by.person_id,
    )
    version.save(force_insert=True)
    forget_read()
    record(
        events.PUBLISHED,
        at=at,
        by_id=by.person_id,
        subject_id=table.pk,
        key=table.key,
        number=version.number,
        from_on=from_on,
        rows=len(content.table.rows),
        cases=len(content.cases),
        shipped=is_shipped,
    )
    return version


@transaction.atomic
def withdraw_version(*, table_id: int, number: int, by: Viewer, at: dt.datetime) -> RuleVersion:
    """Take back a version whose day has not come."""
    table = locked(table_id, by=by)
    version: RuleVersion = table.versions.select_for_update().get(number=number)
    if version.is_withdrawn:
        return version
    if version.from_on <= timezone.localdate(at):
        raise CannotWithdrawVersion(_("这一版已经生效，不能撤回；请发布新的一版。"))
    version.is_withdrawn = True
    version.save(update_fields=["is_withdrawn"])
    forget_read()
    record(
        events.WITHDRAWN,
        at=at,
        by_id=by.person_id,
        subject_id=table.pk,
        key=table.key,
        number=number,
    )
    return version
