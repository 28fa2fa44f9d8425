"""The timeline of an account: every event as a sentence. Events carry ids and codes; the words are found here."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from panshi.calc.reference import divisions, industries
from panshi.domains.accounts.models import AbcClass, Account, Equipment, Lifecycle, TeamRole
from panshi.domains.accounts.reports.merging import merged_ids, merged_names
from panshi.domains.people.models import LogEntry
from panshi.ground.audit.reports import Happening, timeline
from panshi.ground.base.fields import MoneyField
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.ground.settings.fields import PREFIX
from panshi.web.generic.custom import field_label, value_words
from panshi.web.generic.kinds import kind_words

LONGEST_VALUE = 40
FIELDS_TOLD = 3


@dataclass(frozen=True, slots=True)
class Told:
    """One event in words: what happened, its detail, who did it and when."""

    text: str
    detail: str
    who: str
    at: dt.datetime


class Words:
    """What sentences need beyond the event itself, read once for all of them."""

    def __init__(self, happenings: list[Happening], viewer: Viewer) -> None:
        self.viewer = viewer
        ids: set[object] = {one.by_id for one in happenings}
        ids |= {one.payload.get("person_id") for one in happenings} | {
            one.payload.get("owner_id") for one in happenings
        }
        keys = [key for key in ids if isinstance(key, int)]
        self.people = dict(Person.objects.visible_to(viewer).filter(pk__in=keys).values_list("pk", "name"))
        logged = [one.subject_id or 0 for one in happenings if one.kind == "people.logged"]
        rows = (
            LogEntry.objects.visible_to(viewer).filter(pk__in=logged) if logged else LogEntry.objects.none()
        )
        self.log: dict[int, LogEntry] = {entry.pk: entry for entry in rows}
        machines = [one.subject_id or 0 for one in happenings if one.kind in _EQUIPMENT]
        standing = (
            Equipment.objects.visible_to(viewer).filter(pk__in=machines).select_related("brand")
            if machines
            else Equipment.objects.none()
        )
        self.machines = {one.pk: f"{one.brand} {one}".strip() for one in standing}
        merged = {one.payload.get(end) for one in happenings for end in ("winner_id", "loser_id")}
        self.accounts = merged_names([key for key in merged if isinstance(key, int)], viewer=viewer)

    def field(self, name: str) -> str:
        """A field of the archive or a custom one in words."""
        return field_label(name, self.viewer) if name.startswith(PREFIX) else field_words(name)

    def value(self, name: str, text: str) -> str:
        """What stood in a field, in words where a code would say nothing."""
        return value_words(name, text, self.viewer) if name.startswith(PREFIX) else stored_words(name, text)

    def account(self, key: object) -> str:
        """A merged account by name, where the viewer may know it."""
        return (self.accounts.get(key, "") if isinstance(key, int) else "") or _("其他客户")

    def person(self, key: object) -> str:
        """Somebody's name; the house itself has none."""
        return self.people.get(key, "") if isinstance(key, int) else ""


Tell = Callable[[Happening, Words], tuple[str, str]]
_EQUIPMENT: Final = frozenset(
    f"accounts.equipment_{what}" for what in ("added", "changed", "removed", "retired", "returned")
)


def account_timeline(account_id: int, *, viewer: Viewer, limit: int) -> list[Told]:
    """The newest events of an account, and of what was merged into it, in words, what happened several times in a row
    told once; a fixed number of queries."""
    also = merged_ids(account_id)[1:]
    return told_once(told(timeline(account_id, viewer, count=limit, also=also).happenings, viewer=viewer))


def told_once(items: list[Told]) -> list[Told]:
    """Lines that say the same of the same day one after the other as one line, with their number and latest time."""
    found = []
    for _same, group in groupby(items, key=lambda one: (one.text, one.detail, one.who, one.at.date())):
        first, *more = group
        text = (
            _("%(text)s（%(count)s 次）") % {"text": first.text, "count": len(more) + 1}
            if more
            else first.text
        )
        found.append(replace(first, text=text))
    return found


def told(happenings: list[Happening], *, viewer: Viewer) -> list[Told]:
    """Events in words; what the viewer may not read of them must already be taken out."""
    words = Words(happenings, viewer)
    sentences = []
    for one in happenings:
        tell = _SENTENCES.get(one.kind)
        text, detail = tell(one, words) if tell else (kind_words(one.kind), "")
        sentences.append(Told(text, detail, words.person(one.by_id), one.at))
    return sentences


def field_words(name: str) -> str:
    """A field of the archive in words."""
    names = {field.name: field for field in Account._meta.get_fields() if hasattr(field, "verbose_name")}
    field = names.get(name)
    return str(getattr(field, "verbose_name", name))


def stored_words(name: str, text: str) -> str:
    """What stood in a field of the archive as people write it: amounts in yuan, codes by their names."""
    if not text:
        return ""
    english = get_language() == "en"
    if name == "region":
        return divisions.label(text, english=english) if text in divisions.divisions() else text
    if name == "industry":
        return industries.label(text, english=english) if text in industries.industries() else text
    field = {each.name: each for each in Account._meta.concrete_fields}.get(name)
    if isinstance(field, MoneyField):
        return _("%(amount)s 元") % {"amount": f"{Decimal(text):,.2f}".removesuffix(".00")}
    choices = {str(code): str(label) for code, label in getattr(field, "flatchoices", ())}
    return choices.get(text, text)


def _fields(one: Happening, words: Words) -> tuple[str, str]:
    """Which fields changed, with the values of the first few."""
    fields = one.payload.get("fields", [])
    parts = []
    for name, (before, after) in list(one.changes.items())[:FIELDS_TOLD]:
        if name == "duplicate_reason":
            parts.append(_("确认不是重复客户：%(reason)s") % {"reason": after})
        else:
            named = "" if fields == [name] else f"{words.field(name)} "  # the sentence names a single one
            told = [words.value(name, text)[:LONGEST_VALUE] or "–" for text in (before, after)]
            parts.append(f"{named}{told[0]} → {told[1]}")
    names = _("、").join(words.field(name) for name in fields) if fields else ""
    return _("修改 %(fields)s") % {"fields": names}, _("；").join(parts)


def _tagged(one: Happening, words: Words) -> tuple[str, str]:
    before, after = one.changes.get("tags", ("", ""))
    return _("修改标签"), f"{before or '–'} → {after or '–'}"


def _money(one: Happening, words: Words) -> tuple[str, str]:
    return _("修改开票与银行信息"), ""


def _assigned(one: Happening, words: Words) -> tuple[str, str]:
    owner = words.person(one.payload.get("owner_id"))
    reason = one.changes.get("reason", ("", ""))[1]
    return (_("负责人改为 %(name)s") % {"name": owner} if owner else _("取消负责人")), reason


def _pooled(one: Happening, words: Words) -> tuple[str, str]:
    """Why the account came into a pool."""
    return _("进入公海"), one.changes.get("reason", ("", ""))[1]


def _claimed(one: Happening, words: Words) -> tuple[str, str]:
    """Who took the account out of a pool."""
    owner = words.person(one.payload.get("owner_id"))
    reason = one.changes.get("reason", ("", ""))[1]
    return _("%(name)s 从公海取得客户") % {"name": owner}, reason


def _labelled(choices: type[Lifecycle] | type[AbcClass] | type[TeamRole], code: object) -> str:
    return next((str(label) for value, label in choices.choices if value == code), str(code or ""))


def _lifecycle(one: Happening, words: Words) -> tuple[str, str]:
    before, after = (_labelled(Lifecycle, one.payload.get(part)) for part in ("before", "after"))
    reason = one.changes.get("reason", ("", ""))[1]
    return _("生命周期：%(before)s → %(after)s") % {"before": before, "after": after}, reason


def _proposed(one: Happening, words: Words) -> tuple[str, str]:
    reason = one.changes.get("reason", ("", ""))[1]
    return _("建议转为：%(after)s") % {"after": _labelled(Lifecycle, one.payload.get("after"))}, reason


def _answered(one: Happening, words: Words) -> tuple[str, str]:
    accepted = one.payload.get("answer") == "accepted"
    said = one.changes.get("reason", ("", ""))[1]
    return (_("采纳生命周期建议") if accepted else _("不采纳生命周期建议")), said


def _merged(one: Happening, words: Words) -> tuple[str, str]:
    into = one.kind == "accounts.merged_away"
    name = words.account(one.payload.get("winner_id" if into else "loser_id"))
    sentence = _("并入“%(name)s”") if into else _("并入了“%(name)s”，转入 %(count)s 条记录")
    return sentence % {"name": name, "count": one.payload.get("moved", 0)}, str(
        one.payload.get("request", "")
    )


def _parted(one: Happening, words: Words) -> tuple[str, str]:
    name = words.account(one.payload.get("loser_id"))
    return _("撤销合并“%(name)s”") % {"name": name}, ""


def _abc(one: Happening, words: Words) -> tuple[str, str]:
    before, after = (_labelled(AbcClass, one.payload.get(part)) for part in ("before", "after"))
    period = f"{one.payload.get('period_from_on')} ~ {one.payload.get('period_to_on')}"
    return _("ABC 分类：%(before)s → %(after)s") % {"before": before, "after": after}, period


def _member(sentence: Promise) -> Tell:
    def tell(one: Happening, words: Words) -> tuple[str, str]:
        name = words.person(one.payload.get("person_id"))
        return str(sentence) % {"name": name}, _labelled(TeamRole, one.payload.get("role"))

    return tell


def _logged(one: Happening, words: Words) -> tuple[str, str]:
    entry = words.log.get(one.subject_id or 0)
    if entry is None:
        return _("写了一条跟进"), ""
    said = _("（已作废）") if entry.voided_at else entry.text
    return _("%(way)s：%(text)s") % {"way": entry.get_kind_display(), "text": said}, ""


def _file(sentence: Promise) -> Tell:
    """What happened to a file, with its name (kept apart from the event) or the reason."""

    def tell(one: Happening, words: Words) -> tuple[str, str]:
        name = one.changes.get("name") or one.changes.get("reason") or ("", "")
        return str(sentence), name[1][:LONGEST_VALUE]

    return tell


def _machine(one: Happening, words: Words) -> tuple[str, str]:
    """What happened to a machine of the installed base, with its name."""
    return kind_words(one.kind), words.machines.get(one.subject_id or 0, "")


def _wallet(one: Happening, words: Words) -> tuple[str, str]:
    return kind_words(one.kind), _("%(year)s 年") % {"year": one.payload.get("year")}


def _plain(sentence: Promise) -> Tell:
    return lambda one, words: (str(sentence), "")


_SENTENCES: Final[Mapping[str, Tell]] = {
    "accounts.created": _plain(gettext_lazy("建立客户档案")),
    "accounts.changed": _fields,
    "accounts.money_changed": _money,
    "accounts.placed": _plain(gettext_lazy("变更集团关系")),
    "accounts.assigned": _assigned,
    "accounts.tagged": _tagged,
    "accounts.pooled": _pooled,
    "accounts.claimed": _claimed,
    "accounts.member_added": _member(gettext_lazy("%(name)s 加入客户团队")),
    "accounts.member_removed": _member(gettext_lazy("%(name)s 离开客户团队")),
    "accounts.lifecycle_changed": _lifecycle,
    "accounts.lifecycle_proposed": _proposed,
    "accounts.proposal_answered": _answered,
    "accounts.merged": _merged,
    "accounts.merged_away": _merged,
    "accounts.merge_reverted": _parted,
    "accounts.abc_recorded": _abc,
    "people.contact_added": _plain(gettext_lazy("添加联系人")),
    "people.contact_changed": _plain(gettext_lazy("修改联系人")),
    "people.contact_left": _plain(gettext_lazy("联系人离职")),
    "people.contact_returned": _plain(gettext_lazy("联系人恢复在职")),
    "people.logged": _logged,
    "files.attached": _file(gettext_lazy("上传文件")),
    "files.version_added": _file(gettext_lazy("上传文件的新版本")),
    "files.version_restored": _file(gettext_lazy("恢复文件的旧版本")),
    "files.voided": _file(gettext_lazy("作废文件")),
    "files.unvoided": _file(gettext_lazy("恢复文件")),
    "people.log_voided": _plain(gettext_lazy("作废一条跟进")),
    "accounts.wallet_kept": _wallet,
    "accounts.wallet_dropped": _wallet,
    **dict.fromkeys(sorted(_EQUIPMENT), _machine),
}
