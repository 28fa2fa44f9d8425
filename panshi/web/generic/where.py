"""Conditions joined by "and" and "or" that read as a sentence: how they stand in the address, what they mean.

`where=["all",["region","is","330000"],["any",["abc","is","A"],["sales","ge","5000000"]]]`: names and operators
come from the filters a person may use, values are read by them; everything else is left out and told.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from panshi.web.generic.filters import MOST_CHOICES, Asking, Filter, Unclear

LONGEST: Final = 4000
MOST_RULES, MOST_ITEMS = 30, 12
JOINS: Final = {"all": ("all", False), "any": ("any", False), "!all": ("all", True), "!any": ("any", True)}


class BadWhere(ValueError):
    """The text is no sentence of conditions."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One comparison: a filter, an operator, its values."""

    filter: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which `all` or `any` must hold, or must not where it is `negated`; groups stand one deep."""

    join: str = "all"
    negated: bool = False
    items: "tuple[Rule | Group, ...]" = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the sentence that can be taken out: its words, and what is left without it ("" nothing)."""

    words: str
    rest: str


@dataclass(frozen=True, slots=True)
class Where:
    """A sentence understood: as text for the address, in words, by its parts, and as a condition on rows."""

    group: Group
    text: str
    sentence: str
    parts: tuple[Part, ...]
    condition: Q


def encode(group: Group) -> str:
    """The sentence as it stands in an address; nothing for one without conditions."""
    return json.dumps(_plain(group), ensure_ascii=False, separators=(",", ":")) if group.items else ""


def _plain(item: Rule | Group) -> list[Any]:
    if isinstance(item, Rule):
        return [item.filter, item.operator, *item.values]
    return [("!" if item.negated else "") + item.join, *map(_plain, item.items)]


def decode(text: str) -> Group:
    """Read a sentence back; raises `BadWhere` for what is too large, too deep or no sentence at all."""
    if len(text) > LONGEST:
        raise BadWhere("too long")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadWhere(text[:40]) from error
    group = _group(content, depth=0)
    if sum(1 if isinstance(one, Rule) else len(one.items) for one in group.items) > MOST_RULES:
        raise BadWhere("too many conditions")
    return group


def _group(content: object, *, depth: int) -> Group:
    if (
        not isinstance(content, list)
        or not content
        or content[0] not in JOINS
        or len(content) > MOST_ITEMS + 1
    ):
        raise BadWhere("no group")
    join, negated = JOINS[content[0]]
    return Group(join, negated, tuple(_item(one, depth=depth) for one in content[1:]))


def _item(content: object, *, depth: int) -> Rule | Group:
    if not isinstance(content, list) or len(content) < 2 or not isinstance(content[0], str):
        raise BadWhere("no condition")
    if content[0] in JOINS:
        if depth:
            raise BadWhere("too deep")
        return _group(content, depth=depth + 1)
    if len(content) > MOST_CHOICES + 2 or not all(
        isinstance(one, str) and "\x00" not in one for one in content
    ):
        raise BadWhere("no condition")
    name, operator, *values = content
    return Rule(name, operator, tuple(values))


def understand(group: Group, filters: Sequence[Filter], asking: Asking, notices: list[str]) -> Where | None:
    """The sentence by the filters a person may use. What they do not know is left out and told in `notices`; None when
    nothing is left."""
    known = {one.name: one for one in filters if one.operators}
    read = _Reading(known, asking, notices).group(group)
    if read is None:
        return None
    kept, words, condition, parts = read
    return Where(kept, encode(kept), words, parts, condition)


Read = tuple[Group, str, Q, tuple[Part, ...]]


class _Reading:
    """One reading of a sentence: every rule is asked of its filter once."""

    def __init__(self, known: Mapping[str, Filter], asking: Asking, notices: list[str]) -> None:
        self.known, self.asking, self.notices = known, asking, notices

    def group(self, group: Group) -> Read | None:
        """A group with its words, its condition, and its parts; None when nothing of it is understood."""
        read = [found for found in map(self._item, group.items) if found is not None]
        if not read:
            return None
        items, words, conditions = zip(*read, strict=True)
        kept = replace(group, items=items)
        condition = _joined(kept.join, conditions)
        sentence = _sentence(kept.join, words)
        if kept.negated:
            return kept, _("不满足（%(inside)s）") % {"inside": sentence}, ~condition, (Part(sentence, ""),)
        parts = tuple(
            Part(said, encode(replace(kept, items=(*items[:at], *items[at + 1 :]))))
            for at, said in enumerate(words)
        )
        return kept, sentence, condition, parts

    def _item(self, item: Rule | Group) -> tuple[Rule | Group, str, Q] | None:
        if isinstance(item, Rule):
            return self._rule(item)
        read = self.group(item)
        if read is None:
            return None
        kept, words, condition, _parts = read
        bracketed = kept.negated or len(kept.items) == 1
        return kept, words if bracketed else _("（%(inside)s）") % {"inside": words}, condition

    def _rule(self, rule: Rule) -> tuple[Rule, str, Q] | None:
        try:
            words, condition = compare(rule, self.known, self.asking)
        except Unclear as unclear:
            self.notices.append(str(unclear))
            return None
        return rule, words, condition


def compare(rule: Rule, known: Mapping[str, Filter], asking: Asking) -> tuple[str, Q]:
    """A rule as words and a condition; `Unclear` with a sentence that says what is wrong with it."""
    one = known.get(rule.filter)
    if one is None:
        raise Unclear(_("条件“%(name)s”在本列表中不存在或您无权使用，已略去。") % {"name": rule.filter[:40]})
    operator = next((each for each in one.operators if each.code == rule.operator), None)
    values = tuple(value for value in rule.values if value.strip() or (operator and operator.values == 2))
    if operator is None or len(values) < operator.values:
        raise Unclear(_("条件“%(label)s”不完整，已略去。") % {"label": one.label})
    try:
        words, condition = one.compare(operator.code, values, asking)
    except Unclear as unclear:
        raise Unclear(_("条件“%(label)s”的内容看不懂，已略去。") % {"label": one.label}) from unclear
    return _phrase(str(one.label), words), condition


def _phrase(label: str, words: str) -> str:
    """Label and comparison as one phrase: 地区在浙江, 近 12 个月销售 ≥ 500 万元, Region is in Zhejiang."""
    gap = "" if "\u4e00" <= words[:1] <= "\u9fff" else " "
    return _("%(label)s%(gap)s%(words)s") % {"label": label, "gap": gap, "words": words}


def _sentence(join: str, phrases: Sequence[str]) -> str:
    pattern: Callable[[], str] = (
        (lambda: _("%(left)s 且 %(right)s")) if join == "all" else (lambda: _("%(left)s 或 %(right)s"))
    )
    said = phrases[0]
    for phrase in phrases[1:]:
        said = pattern() % {"left": said, "right": phrase}
    return said


def _joined(join: str, conditions: Sequence[Q]) -> Q:
    condition = conditions[0]
    for more in conditions[1:]:
        condition = condition & more if join == "all" else condition | more
    return condition
