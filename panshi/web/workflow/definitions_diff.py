"""What one version of a process changed against another, by step and field, as rows and as text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from panshi.engines.process import Drawing, Node
from panshi.web.workflow.definitions_words import FIELD_KINDS, SOURCES, setting_words
from panshi.workflow.forms import Field
from panshi.workflow.labels import LABELS
from panshi.workflow.naming import who_words

SHOWN: Final = ("user", "service", "timer", "subprocess", "deadline")
"""Kinds of nodes that are compared; gateways show in the conditions of what follows them."""
_HIDDEN: Final = frozenset({"reject=route", "sign=single", "overdue=none", "kind=approve"})
"""Settings that say what holds anyway."""


@dataclass(frozen=True, slots=True)
class Change:
    """What differs: `how` is added, removed, changed or moved; `rows` are (label, before, after)."""

    subject: str
    how: str
    rows: tuple[tuple[str, str, str], ...]

    @property
    def text(self) -> str:
        """As one line of plain text."""
        words = {"added": _("新增"), "removed": _("删除"), "changed": _("修改"), "moved": _("移动")}
        told = _("；").join(
            _("{label}：{before} → {after}").format(label=label, before=before or "–", after=after or "–")
            for label, before, after in self.rows
        )
        return f"{words[self.how]} {self.subject}" + (f"（{told}）" if told else "")


def facts_of(node: Node, drawing: Drawing, form: tuple[Field, ...]) -> dict[str, str]:
    """Everything a node says, in words by label, in the order of the editor."""
    conditions = [flow.condition for flow in drawing.flows if flow.target == node.id and flow.condition]
    found = {
        str(LABELS["who"]): who_words(node.role, form),
        str(LABELS["condition"]): _(" 或 ").join(conditions),
    }
    if node.duration is not None:
        parts = (
            (node.duration.months, _("个月")),
            (node.duration.seconds // 3600, _("小时")),
            (node.duration.work_days, _("个工作日")),
            (node.duration.work_minutes, _("工作分钟")),
        )
        found[str(LABELS["duration"])] = " ".join(f"{amount} {unit}" for amount, unit in parts if amount)
    for name, value in node.settings.items():
        if f"{name}={value}" not in _HIDDEN and name in LABELS:
            found[str(LABELS[name])] = setting_words(name, value, form)
    return {label: words for label, words in found.items() if words}


def field_facts(field: Field) -> dict[str, str]:
    """Everything a field of the form says, in words by label."""
    found = {
        str(LABELS["label"]): field.label,
        str(LABELS["kind"]): str(FIELD_KINDS.get(field.kind, field.kind)),
        str(LABELS["required"]): _("是") if field.required else "",
        str(LABELS["source"]): "" if field.source == "own" else str(SOURCES[field.source]),
        str(LABELS["choices"]): _("、").join(label for _code, label in field.choices),
        str(LABELS["help"]): field.help,
        str(LABELS["default"]): field.default,
    }
    return {label: words for label, words in found.items() if words}


def changes(
    before: Drawing, before_form: tuple[Field, ...], after: Drawing, after_form: tuple[Field, ...]
) -> list[Change]:
    """Steps, then fields, then what holds for the whole process."""
    old = _nodes(before, before_form)
    new = _nodes(after, after_form)
    found = list(_between(old, new))
    found += _between(
        {
            field.name: (_("字段“{name}”").format(name=field.label), field_facts(field))
            for field in before_form
        },
        {
            field.name: (_("字段“{name}”").format(name=field.label), field_facts(field))
            for field in after_form
        },
    )
    whole = _("整个流程")
    found += _between(
        {"": (whole, _settings(before, before_form))}, {"": (whole, _settings(after, after_form))}
    )
    return found


def _nodes(drawing: Drawing, form: tuple[Field, ...]) -> dict[str, tuple[str, dict[str, str]]]:
    return {
        node.id: (
            _("步骤“{name}”").format(name=node.name or node.id),
            {str(LABELS["name"]): node.name, **facts_of(node, drawing, form)},
        )
        for node in drawing.nodes
        if node.kind in SHOWN
    }


def _settings(drawing: Drawing, form: tuple[Field, ...]) -> dict[str, str]:
    return {
        str(LABELS[name]): setting_words(name, value, form)
        for name, value in drawing.settings.items()
        if name in LABELS and value
    }


def _between(
    old: Mapping[str, tuple[str, Mapping[str, str]]], new: Mapping[str, tuple[str, Mapping[str, str]]]
) -> Iterable[Change]:
    """What was added, changed, put elsewhere and removed, in the order of the newer one."""
    stayed = [key for key in new if key in old]
    before_order = [key for key in old if key in new]
    for key, (subject, facts) in new.items():
        if key not in old:
            yield Change(subject, "added", tuple((label, "", words) for label, words in facts.items()))
            continue
        known = old[key][1]
        labels = dict.fromkeys([*known, *facts])
        rows = tuple(
            (label, known.get(label, ""), facts.get(label, ""))
            for label in labels
            if known.get(label, "") != facts.get(label, "")
        )
        if rows:
            yield Change(subject, "changed", rows)
        if stayed.index(key) != before_order.index(key):
            place = (_("位置"), str(before_order.index(key) + 1), str(stayed.index(key) + 1))
            yield Change(subject, "moved", (place,))
    for key, (subject, _facts) in old.items():
        if key not in new:
            yield Change(subject, "removed", ())
