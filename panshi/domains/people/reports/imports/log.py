"""What becomes of each row of a file of the contact log: whose it is, who wrote it and when, whether it is known."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.calc.periods import read_day
from panshi.calc.reading import Unreadable
from panshi.domains.accounts.models import ImportMode, TouchKind
from panshi.domains.accounts.reports.imports.cells import Names
from panshi.domains.accounts.reports.imports.kinds import ImportField, Reading
from panshi.domains.accounts.reports.imports.rows import Checked, Outcome, Rules
from panshi.domains.accounts.reports.imports.which import (
    ACCOUNT_HEADINGS,
    Whose,
    account_fields,
    read_texts,
)
from panshi.domains.people.models import Contact, LogEntry
from panshi.engines.sheets.reading import SheetRow
from panshi.ground.base.models import NEVER
from panshi.ground.base.viewer import Viewer

CHUNK: Final = 2000
LONGEST: Final = 1000
AUTHORS: Final = "authors"
"""Where a batch keeps who is meant by a name: name → person, 0 to keep the name as text."""

FIELDS: Final = ("on", "kind", "contact", "text", "author", "next_contact_on", "next_contact_note")
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    **ACCOUNT_HEADINGS,
    "on": ("日期", "时间", "跟进日期", "跟进时间", "联系日期", "联系时间", "拜访日期", "记录时间", "创建时间",
           "date", "time", "datetime", "createdat"),
    "kind": ("方式", "跟进方式", "联系方式", "类型", "way", "channel", "type", "kind"),
    "contact": ("联系人", "联系人姓名", "对方", "contact", "contactname", "person"),
    "text": ("内容", "跟进内容", "跟进记录", "记录", "摘要", "备注", "text", "content", "note", "notes", "summary"),
    "author": ("记录人", "跟进人", "创建人", "作者", "填写人", "业务员", "负责人", "author", "createdby", "owner"),
    "next_contact_on": ("下次联系", "下次联系日期", "下次跟进", "下次跟进时间", "nextcontact", "nextdate", "followup"),
    "next_contact_note": ("下次联系事项", "下次事项", "下一步", "nextstep", "nextnote"),
}  # fmt: skip


@dataclass(slots=True)
class CheckedEntry(Checked):
    """One row of a file of the contact log; `entry` is the new one, not saved, `author` the name the file gives."""

    entry: LogEntry | None = None
    account_id: int | None = None
    author: str = ""

    @property
    def record_id(self) -> int | None:
        """Always a new one: what was said stays said."""
        return None

    @property
    def bearer_id(self) -> int | None:
        """Whose entry it is."""
        return self.account_id


def fields(viewer: Viewer) -> list[ImportField]:
    """The columns a file of the contact log may have."""
    labels = {
        "author": gettext_lazy("记录人"),
        "on": gettext_lazy("日期或时间"),
        "next_contact_on": gettext_lazy("下次联系"),
    }
    notes = {
        "on": gettext_lazy("必填，如 2026-03-04 或 2026-03-04 14:30；保留原来的时间"),
        "text": gettext_lazy("必填，最多 1000 字"),
        "author": gettext_lazy("登录名或姓名；不认识的名字在预览时指定，或按原文保留"),
        "contact": gettext_lazy("这家客户的联系人姓名；没有的按原文留空"),
        "kind": gettext_lazy("不填按“其他”"),
    }
    own = [
        ImportField(
            name, labels.get(name) or str(_label(name)), note=notes.get(name, ""),
            choices=tuple(str(label) for label in TouchKind.labels) if name == "kind" else (),
            personal=name in {"contact", "text"},
        )
        for name in FIELDS
    ]  # fmt: skip
    return account_fields() + own


def _label(name: str) -> str:
    field: Any = LogEntry._meta.get_field(name)
    return str(field.verbose_name)


def _demand(mapping: Mapping[str, int], mode: str) -> str:
    if not set(ACCOUNT_HEADINGS) & set(mapping):
        return _("需要“客户编号”、“统一社会信用代码”或“客户名称”一列，说明是哪家客户。")
    if not {"on", "text"} <= set(mapping):
        return _("需要“日期”和“内容”两列。")
    return ""


def check(rows: Sequence[SheetRow], mapping: Mapping[str, int], rules: Rules) -> list[CheckedEntry]:
    """Decide every row; a bounded number of queries for any number of rows."""
    checked = [CheckedEntry(read_texts(row.number, row.cells, mapping, clear="", fixed=())) for row in rows]
    whose = Whose([row.read for row in checked], by=rules.by, permission="people.edit")
    names, ways = Names.load(), _ways()
    for row in checked:
        row.account_id = whose.settle(row)
        if row.outcome is not Outcome.REJECT:
            row.entry = _entry(row, names, ways, rules)
    _find_contacts(checked)
    _leave_known(checked)
    return checked


def strangers(checked: Sequence[CheckedEntry]) -> Mapping[str, int]:
    """Names of authors that are nobody's here, with how many rows each."""
    named = [row.author for row in checked if row.entry is not None and row.entry.by_id is None]
    return dict(Counter(name for name in named if name).most_common())


def _ways() -> Mapping[str, str]:
    """Code, Chinese and English word → way of contact."""
    found = {str(code): str(code) for code in TouchKind.values}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found |= {str(label).casefold(): str(code) for code, label in TouchKind.choices}
    return found


def _entry(row: CheckedEntry, names: Names, ways: Mapping[str, str], rules: Rules) -> LogEntry | None:
    values = row.read.values
    on, at = _moment(str(values.get("on", "")))
    text = str(values.get("text", "")).strip()
    way = ways.get(str(values.get("kind", "")).casefold()) if values.get("kind") else TouchKind.OTHER
    next_on, _time = _moment(str(values.get("next_contact_on", "")))
    row.problems += _problems(values, on, text, way, next_on, rules)
    if row.problems or on is None or at is None or way is None:
        row.outcome = Outcome.REJECT
        return None
    row.author = " ".join(str(values.get("author", "")).split())[:60]
    author = _author(row.author, names, rules)
    return LogEntry(
        account_id=row.account_id or 0,
        kind=way,
        on=on,
        at=at,
        text=text,
        by_id=author,
        author="" if author is not None else row.author,
        next_contact_on=next_on,
        next_contact_note=str(values.get("next_contact_note", ""))[:200] if next_on else "",
    )


def _problems(
    values: Mapping[str, Any],
    on: dt.date | None,
    text: str,
    way: str | None,
    next_on: dt.date | None,
    rules: Rules,
) -> list[str]:
    """Why a row says nothing we can keep."""
    found = []
    if on is None:
        told = {"text": str(values.get("on", ""))[:40]}
        found.append(_("“%(text)s”不是日期") % told if told["text"] else _("没有日期"))
    elif on > rules.on:
        found.append(_("跟进日期不能在今天之后。"))
    elif on <= NEVER:
        found.append(_("跟进日期太早，请核对年份。"))
    if not text:
        found.append(_("没有内容"))
    elif len(text) > LONGEST:
        found.append(_("最多 %(length)d 个字符。") % {"length": LONGEST})
    if way is None:
        found.append(_("没有“%(text)s”这个选项") % {"text": str(values["kind"])[:40]})
    if values.get("next_contact_on") and next_on is None:
        found.append(_("“%(text)s”不是日期") % {"text": str(values["next_contact_on"])[:40]})
    elif next_on is not None and on is not None and next_on < on:
        found.append(_("下次联系不能早于本次跟进。"))
    return found


def _moment(text: str) -> tuple[dt.date | None, dt.datetime | None]:
    """A day, and the moment if the text says one, otherwise the beginning of that day."""
    text = text.strip()
    if not text:
        return None, None
    zone = timezone.get_current_timezone()
    try:
        moment = dt.datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        moment = None
    if moment is None:
        day, _space, clock = text.partition(" ")
        try:
            on = read_day(day)
        except Unreadable:
            return None, None
        try:
            moment = dt.datetime.combine(on, dt.time.fromisoformat(clock.strip()) if clock else dt.time())
        except ValueError:
            return None, None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    return aware.astimezone(zone).date(), aware


def _author(name: str, names: Names, rules: Rules) -> int | None:
    """Who wrote it: as decided for this file, otherwise by sign-in name or a name only one bears; without an author
    whoever imports."""
    if not name:
        return rules.by.person_id
    decided: Mapping[str, int] = rules.choices.get(AUTHORS, {})
    if name in decided:
        return decided[name] or None
    return names.people.get(name.casefold())


def _find_contacts(checked: Sequence[CheckedEntry]) -> None:
    """The person spoken to, if only one at the account bears the name."""
    asked = [row for row in checked if row.entry is not None and row.read.values.get("contact")]
    found: dict[tuple[int, str], list[int]] = {}
    for part in _chunks({row.account_id or 0 for row in asked}):
        rows = Contact.objects.filter(account_id__in=part).values_list("pk", "account_id", "name")
        for pk, account_id, name in rows:
            found.setdefault((account_id, "".join(name.split()).casefold()), []).append(pk)
    for row in asked:
        name = "".join(str(row.read.values["contact"]).split()).casefold()
        keys = found.get((row.account_id or 0, name), [])
        if len(keys) == 1 and row.entry is not None:
            row.entry.contact_id = keys[0]


def _leave_known(checked: Sequence[CheckedEntry]) -> None:
    """Entries that are in the log already, or twice in the file, are not taken again."""
    rows = [row for row in checked if row.entry is not None]
    known: set[tuple[Any, ...]] = set()
    for part in _chunks({row.account_id or 0 for row in rows}):
        stored = LogEntry.objects.standing().filter(account_id__in=part)
        for entry in stored.only("account_id", "on", "by_id", "author", "text").iterator(chunk_size=5000):
            known.add(_key(entry))
    for row in rows:
        assert row.entry is not None
        key = _key(row.entry)
        if key in known:
            row.outcome = Outcome.UNCHANGED
        known.add(key)


def _key(entry: LogEntry) -> tuple[Any, ...]:
    return entry.account_id, entry.on, entry.by_id, entry.author, entry.text


def _chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    keys = sorted(ids)
    return (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))


LOG: Final = Reading(
    name="log",
    label=gettext_lazy("跟进记录"),
    hint=gettext_lazy("保留原来的记录人和时间，不发通知；已有的同一条记录不会重复导入。"),
    permissions=("accounts.import", "people.edit"),
    modes=(ImportMode.CREATE,),
    headings=HEADINGS,
    fields=fields,
    demand=_demand,
    check=check,
    strangers=strangers,
)
