"""Tags in the list of accounts: the filter, the column, the bulk act; and the form for one account."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.models.tags import LONGEST_TAG, MOST_TAGS, tag_key
from panshi.domains.accounts.reports.tags import offered_tags, tag_names, tagged_with
from panshi.domains.accounts.services.tags import (
    CannotTag,
    Tagged,
    plan_tags,
    read_tags,
    tag_accounts,
    untag_accounts,
)
from panshi.ground.base.viewer import Viewer
from panshi.ground.work.bulk import Outcome
from panshi.web.generic.bulk import BulkAct, Preview
from panshi.web.generic.columns import Column
from panshi.web.generic.extras import Values
from panshi.web.generic.filters import (
    EMPTY,
    FILLED,
    IS,
    IS_NOT,
    MOST_CHOICES,
    Applied,
    Asking,
    Compared,
    Filter,
    Input,
    Operator,
    Option,
    Unclear,
    empty_or_filled,
    one_or_other,
)
from panshi.web.generic.forms import PanshiForm

Said = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class TagFilter(Filter):
    """Accounts that bear one of the chosen tags; offered are those the person can meet."""

    def read(self, query: QueryDict, asking: Asking) -> Applied | None:
        """See `Filter.read`."""
        asked = _asked(query.getlist(self.name))
        if not asked:
            return None
        words = _("是 %(choices)s") % {"choices": _(" 或 ").join(asked)}
        pairs = tuple((self.name, name) for name in asked)
        return self.applied(words, pairs, tagged_with(asked, viewer=asking.viewer))

    def inputs(self, query: QueryDict, asking: Asking) -> list[Input]:
        """See `Filter.inputs`."""
        return [self._control(self.name, query.getlist(self.name), asking)]

    @property
    def operators(self) -> tuple[Operator, ...]:
        """See `Filter.operators`."""
        return (IS, IS_NOT, EMPTY, FILLED)

    def compare(self, operator: str, values: Sequence[str], asking: Asking) -> Compared:
        """See `Filter.compare`."""
        if operator in {"empty", "filled"}:
            return empty_or_filled(operator, ~tagged_with((), viewer=asking.viewer))
        asked = _asked(values)
        if not asked:
            raise Unclear("")
        return one_or_other(operator, asked, tagged_with(asked, viewer=asking.viewer))

    def value_inputs(self, operator: str, values: Sequence[str], asking: Asking, name: str) -> list[Input]:
        """See `Filter.value_inputs`."""
        return [] if operator in {"empty", "filled"} else [self._control(name, values, asking)]

    def _control(self, name: str, values: Sequence[str], asking: Asking) -> Input:
        asked = {tag_key(each): each for each in values if each}
        offered = {tag_key(each): each for each in offered_tags(viewer=asking.viewer)}
        options = [Option(each, each, key in asked) for key, each in (asked | offered).items()]
        return Input("choices", name, str(self.label), options=options)


def _asked(values: Sequence[str]) -> list[str]:
    """The tags an address names; refuses what can be none."""
    asked = [each for each in values[:MOST_CHOICES] if each]
    for each in asked:
        if "\x00" in each or len(each) > LONGEST_TAG or not tag_key(each):
            raise Unclear(each[:LONGEST_TAG])
    return list({tag_key(each): each for each in asked}.values())


TAG_FILTER: Final = TagFilter(name="tag", label=gettext_lazy("标签"))
TAG_COLUMN: Final = Column(
    name="tags", label=gettext_lazy("标签"), reads=("tag_names",), filled=True, default=False, phone=3
)


def tag_values(keys: Sequence[int]) -> Values:
    """The tags of the rows of a page; one query."""
    return {pk: {"tag_names": _("、").join(names)} for pk, names in tag_names(keys).items()}


class TagForm(PanshiForm):
    """The tags of one account."""

    tags = forms.CharField(
        label=gettext_lazy("标签"),
        required=False,
        max_length=MOST_TAGS * (LONGEST_TAG + 2),
        help_text=gettext_lazy("用逗号或顿号分开，例如：标杆客户、明年扩产"),
    )


class TagManyForm(PanshiForm):
    """Which tags are put on, which are taken off."""

    add = forms.CharField(
        label=gettext_lazy("加上标签"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("用逗号或顿号分开，例如：标杆客户、明年扩产"),
    )
    remove = forms.CharField(label=gettext_lazy("去掉标签"), required=False, max_length=200)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


def _wanted(values: Said) -> dict[str, dict[str, str]]:
    """What the form asks for; refuses at the field what can be no tag, and a form that asks for nothing."""
    wanted: dict[str, dict[str, str]] = {}
    for name in ("add", "remove"):
        try:
            wanted[name] = read_tags(str(values.get(name) or ""))
        except CannotTag as refusal:
            raise CannotTag(refusal.message, field=name) from refusal
    if not wanted["add"] and not wanted["remove"]:
        raise CannotTag(_("请写明加上或去掉哪些标签。"), field="add")
    if set(wanted["add"]) & set(wanted["remove"]):
        raise CannotTag(_("同一个标签不能既加上又去掉。"), field="remove")
    return wanted


def _preview(keys: Sequence[int], values: Said, viewer: Viewer, on: dt.date) -> Preview:
    wanted = _wanted(values)
    planned = plan_tags(keys=keys, add=wanted["add"], remove=wanted["remove"], by=viewer)
    facts = []
    if wanted["add"]:
        facts.append(_("加上 %(tags)s") % {"tags": _("、").join(wanted["add"].values())})
    if wanted["remove"]:
        facts.append(_("去掉 %(tags)s") % {"tags": _("、").join(wanted["remove"].values())})
    return Preview(len(planned.changed), len(planned.unchanged), planned.refused, tuple(facts))


def _tag(keys: Sequence[int], values: Said, by: Viewer, at: dt.datetime) -> Outcome:
    wanted = _wanted(values)
    return _outcome(tag_accounts(keys=keys, add=wanted["add"], remove=wanted["remove"], by=by, at=at))


def _untag(outcome: Outcome, values: Said, by: Viewer, at: dt.datetime) -> Outcome:
    gained, lost = ({int(pk): names for pk, names in part.items()} for part in outcome.undo)
    return _outcome(untag_accounts(gained=gained, lost=lost, by=by, at=at))


def _outcome(tagged: Tagged) -> Outcome:
    undo = [{str(pk): dict(names) for pk, names in part.items()} for part in (tagged.gained, tagged.lost)]
    return Outcome(tagged.changed, tagged.unchanged, tagged.refused, undo)


TAG: Final = BulkAct(
    name="tag",
    label=gettext_lazy("标签"),
    icon="tag",
    permission="accounts.edit",
    about=gettext_lazy("给所选客户加上或去掉标签。标签可以用来筛选，可以随时撤销。"),
    form=TagManyForm,
    preview=_preview,
    act=_tag,
    undo=_untag,
)
