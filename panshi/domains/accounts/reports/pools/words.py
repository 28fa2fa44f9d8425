"""Recycle rules as sentences, and the reasons of a return in words, in the language of the reader.

What is kept of a return is data: the conditions that were met, each with the day it counted from.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from panshi.calc.recycling import DAY_KINDS, Condition, Facts, Rule
from panshi.calc.reference import divisions, industries
from panshi.domains.accounts.models import AbcClass, Lifecycle, PoolRule

DUTY: Final = "duty"
"""Stands in reasons for the duty of contact after a claim, which is no rule of the pool."""

KIND_LABELS: Final[Mapping[str, Promise]] = {
    "contact": gettext_lazy("没有联系"),
    "trade": gettext_lazy("没有交易"),
    "owned": gettext_lazy("由现负责人持有"),
    "lifecycle": gettext_lazy("生命周期"),
    "abc": gettext_lazy("ABC 分类"),
    "region": gettext_lazy("地区"),
    "industry": gettext_lazy("行业"),
}


def rule_of(row: PoolRule) -> Rule:
    """The stored rule as a value that can be asked."""
    return read_rule(row.joined, row.conditions)


def read_rule(joined: str, conditions: Iterable[Mapping[str, Any]]) -> Rule:
    """A rule from its stored form; `ValueError` for one that means nothing."""
    return Rule(
        joined,
        tuple(
            Condition(str(each["kind"]), int(each.get("days", 0)), tuple(map(str, each.get("values", ()))))
            for each in conditions
        ),
    )


def stored(rule: Rule) -> list[dict[str, Any]]:
    """The conditions of a rule as they are stored."""
    return [
        {"kind": each.kind, "days": each.days}
        if each.kind in DAY_KINDS
        else {"kind": each.kind, "values": list(each.values)}
        for each in rule.conditions
    ]


def sentence(rule: Rule) -> str:
    """A rule as people say it: 30 天没有联系，并且 ABC 分类是 C 类或未分类."""
    joint = _("，并且 ") if rule.joined == "all" else _("，或者 ")
    return joint.join(condition_words(each) for each in rule.conditions)


def condition_words(condition: Condition) -> str:
    """One condition as people say it."""
    days = {
        "contact": _("连续 %(days)d 天没有联系"),
        "trade": _("连续 %(days)d 天没有交易"),
        "owned": _("由同一负责人持有满 %(days)d 天"),
    }
    if condition.kind in days:
        return days[condition.kind] % {"days": condition.days}
    values = _("或").join(value_words(condition.kind, value) for value in condition.values)
    between = " " if values[:1].isascii() and get_language() != "en" else ""  # Chinese beside Latin letters
    return _("%(what)s是%(values)s") % {"what": KIND_LABELS[condition.kind], "values": between + values}


def value_words(kind: str, value: str) -> str:
    """A coded value by its name; a prefix by the name of what it covers."""
    english = get_language() == "en"
    if kind == "lifecycle":
        return str(Lifecycle(value).label) if value in Lifecycle.values else value
    if kind == "abc":
        return str(AbcClass(value).label) if value in AbcClass.values else value
    if kind == "region":
        code = value.ljust(6, "0")
        return divisions.label(code, english=english) if code in divisions.divisions() else value
    return industries.label(value, english=english) if value in industries.industries() else value


def reasons(conditions: Iterable[Condition], facts: Facts) -> list[dict[str, Any]]:
    """The conditions met, each with the day it counted from: what is kept of a return."""
    return [
        {"kind": each.kind, "days": each.days, "since": each.since(facts).isoformat()}
        if each.kind in DAY_KINDS
        else {"kind": each.kind, "values": list(each.values)}
        for each in conditions
    ]


def why_words(why: Sequence[Mapping[str, Any]]) -> str:
    """Kept reasons in words: 连续 45 天没有联系（自 2026-10-01）；ABC 分类是 C 类."""
    return _("；").join(_one_reason(each) for each in why)


def _one_reason(reason: Mapping[str, Any]) -> str:
    kind = str(reason.get("kind", ""))
    if kind == DUTY:
        return _("认领后到 %(day)s 没有联系") % {"day": reason.get("by", "")}
    if kind in DAY_KINDS:
        said = condition_words(Condition(kind, int(reason["days"])))
        return _("%(said)s（自 %(day)s）") % {"said": said, "day": reason.get("since", "")}
    if kind in KIND_LABELS:
        return condition_words(Condition(kind, values=tuple(reason["values"])))
    return kind


def duty_reason(by_on: dt.date) -> list[dict[str, Any]]:
    """What is kept where somebody claimed an account and was not in contact in time."""
    return [{"kind": DUTY, "by": by_on.isoformat()}]
