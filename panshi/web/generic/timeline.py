"""The timeline of an account: every event as a sentence. Events carry ids and codes; the words are found here."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.models import AbcClass, Account, Lifecycle, TeamRole
from panshi.domains.people.models import LogEntry
from panshi.ground.audit.reports import Happening, timeline
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
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

    def person(self, key: object) -> str:
        """Somebody's name; the house itself has none."""
        return self.people.get(key, "") if isinstance(key, int) else ""


Tell = Callable[[Happening, Words], tuple[str, str]]


def account_timeline(account_id: int, *, viewer: Viewer, limit: int) -> list[Told]:
    """The newest events of an account in words; four queries."""
    return told(timeline(account_id, viewer, count=limit).happenings, viewer=viewer)


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


def _fields(one: Happening, words: Words) -> tuple[str, str]:
    """Which fields changed, with the values of the first few."""
    fields = one.payload.get("fields", [])
    parts = []
    for name, (before, after) in list(one.changes.items())[:FIELDS_TOLD]:
        if name == "duplicate_reason":
            parts.append(_("确认不是重复客户：%(reason)s") % {"reason": after})
        else:
            named = "" if fields == [name] else f"{field_words(name)} "  # the sentence names a single one
            parts.append(f"{named}{before[:LONGEST_VALUE] or '–'} → {after[:LONGEST_VALUE] or '–'}")
    names = _("、").join(field_words(name) for name in fields) if fields else ""
    return _("修改 %(fields)s") % {"fields": names}, _("；").join(parts)


def _money(one: Happening, words: Words) -> tuple[str, str]:
    return _("修改开票与银行信息"), ""


def _assigned(one: Happening, words: Words) -> tuple[str, str]:
    owner = words.person(one.payload.get("owner_id"))
    reason = one.changes.get("reason", ("", ""))[1]
    return (_("负责人改为 %(name)s") % {"name": owner} if owner else _("取消负责人")), reason


def _labelled(choices: type[Lifecycle] | type[AbcClass] | type[TeamRole], code: object) -> str:
    return next((str(label) for value, label in choices.choices if value == code), str(code or ""))


def _lifecycle(one: Happening, words: Words) -> tuple[str, str]:
    before, after = (_labelled(Lifecycle, one.payload.get(part)) for part in ("before", "after"))
    return _("生命周期：%(before)s → %(after)s") % {"before": before, "after": after}, ""


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


def _plain(sentence: Promise) -> Tell:
    return lambda one, words: (str(sentence), "")


_SENTENCES: Final[Mapping[str, Tell]] = {
    "accounts.created": _plain(gettext_lazy("建立客户档案")),
    "accounts.changed": _fields,
    "accounts.money_changed": _money,
    "accounts.placed": _plain(gettext_lazy("变更集团关系")),
    "accounts.assigned": _assigned,
    "accounts.member_added": _member(gettext_lazy("%(name)s 加入客户团队")),
    "accounts.member_removed": _member(gettext_lazy("%(name)s 离开客户团队")),
    "accounts.lifecycle_changed": _lifecycle,
    "accounts.abc_recorded": _abc,
    "people.contact_added": _plain(gettext_lazy("添加联系人")),
    "people.contact_changed": _plain(gettext_lazy("修改联系人")),
    "people.contact_left": _plain(gettext_lazy("联系人离职")),
    "people.contact_returned": _plain(gettext_lazy("联系人恢复在职")),
    "people.logged": _logged,
    "people.log_voided": _plain(gettext_lazy("作废一条跟进")),
}
