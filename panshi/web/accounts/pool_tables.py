"""The lists of the public pools as data: what lies in them, and what is about to return."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.domains.accounts.models import AbcClass, Barrier, EntryKind, Lifecycle, PoolEntry, PoolWarning
from panshi.domains.accounts.reports.pools.standing import pool_choices
from panshi.domains.accounts.reports.pools.words import why_words
from panshi.ground.base.viewer import Viewer
from panshi.web.accounts import names
from panshi.web.accounts.pool_bulk import ASSIGN, CLAIM
from panshi.web.accounts.tables import ABC_TONES, LIFECYCLE_TONES
from panshi.web.generic.cells import Cell, Tone
from panshi.web.generic.columns import ChoiceColumn, Column, DayColumn, NamedColumn, Plain, Row, TitleColumn
from panshi.web.generic.filters import Asking, Case, CaseFilter, ChoiceFilter
from panshi.web.generic.lists import Act, ListPage, View
from panshi.web.generic.places import PersonFilter, PrefixFilter, UnitFilter
from panshi.web.generic.ranges import DayFilter

BARRIER_TONES: Final[dict[str, Tone]] = {
    Barrier.KEY: "accent",
    Barrier.MATTER: "info",
    Barrier.PROTECTED: "info",
}


class PoolChoices:
    """Every pool by key and name, asked anew for each page."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(pool_choices())


class WhyColumn(Column):
    """Why an account came or will return: `reads` are what a person said (or the rule's name) and the conditions."""

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        return Cell("text", self._words(row))

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        return self._words(row) or None

    def _words(self, row: Row) -> str:
        said, why = row[self.reads[0]], why_words(row[self.reads[1]])
        return _("%(said)s：%(why)s") % {"said": said, "why": why} if said and why else said or why


def _lying(viewer: Viewer) -> "QuerySet[Any]":
    rows: QuerySet[Any] = (
        PoolEntry.objects.visible_to(viewer).standing().filter(account__merged_into=None, pool__active=True)
    )
    return rows


def _named(words: str, viewer: Viewer) -> Q:
    """Only by name: a claimer must not find an account by a phone or a contact they may not see yet."""
    plain = words.casefold().replace(" ", "")
    return (
        Q(account__name__icontains=words)
        | Q(account__pinyin__startswith=plain)
        | Q(account__initials__startswith=plain)
    )


def _mine_before(asking: Asking) -> Q:
    return Q(from_person=asking.viewer.person_id)


@dataclass(frozen=True, kw_only=True)
class PoolList(ListPage):
    """A list with a part above it that loads by itself: what the person may still claim."""

    above: str
    above_label: Promise


LYING: Final = PoolList(
    above="accounts:pools_allowance",
    above_label=gettext_lazy("我的认领额度"),
    name="pool_entries",
    title=gettext_lazy("公海"),
    model=PoolEntry,
    rows=_lying,
    permission="accounts.claim",
    label="account__name",
    columns=(
        TitleColumn(name="name", label=gettext_lazy("客户"), reads=("account__name",)),
        ChoiceColumn(
            name="abc", label=gettext_lazy("ABC"), reads=("account__abc_class",), phone=1,
            choices=[(AbcClass.A, "A"), (AbcClass.B, "B"), (AbcClass.C, "C")], tones=ABC_TONES,
        ),
        ChoiceColumn(
            name="lifecycle", label=gettext_lazy("生命周期"), reads=("account__lifecycle",), phone=3,
            choices=Lifecycle.choices, tones=LIFECYCLE_TONES,
        ),
        NamedColumn(
            name="region", label=gettext_lazy("地区"), reads=("account__region",), naming=names.region_name
        ),
        NamedColumn(
            name="industry", label=gettext_lazy("行业"), reads=("account__industry",), naming=names.industry_name,
            phone=3,
        ),
        DayColumn(
            name="since", label=gettext_lazy("进入公海"), reads=("since_on",), sort=("since_on",), relative=True,
            descending=True,
        ),
        Column(name="from", label=gettext_lazy("原负责人"), reads=("from_person__name",)),
        WhyColumn(name="why", label=gettext_lazy("原因"), reads=("reason", "why"), wide=True),
        ChoiceColumn(
            name="kind", label=gettext_lazy("来源"), reads=("kind",), choices=EntryKind.choices, default=False,
            phone=3,
        ),
        Column(name="pool", label=gettext_lazy("公海名称"), reads=("pool__name",), phone=3),
    ),
    filters=(
        ChoiceFilter(name="pool", label=gettext_lazy("公海"), field="pool_id", choices=PoolChoices()),
        ChoiceFilter(
            name="abc", label=gettext_lazy("ABC 分类"), field="account__abc_class", choices=AbcClass.choices
        ),
        ChoiceFilter(
            name="lifecycle", label=gettext_lazy("生命周期"), field="account__lifecycle", choices=Lifecycle.choices
        ),
        PrefixFilter(
            name="region", label=gettext_lazy("地区"), field="account__region", stem=names.region_stem,
            named=names.region_choices,
        ),
        PrefixFilter(
            name="industry", label=gettext_lazy("行业"), field="account__industry", stem=str,
            named=names.industry_choices,
        ),
        DayFilter(name="since", label=gettext_lazy("进入公海"), field="since_on"),
        ChoiceFilter(name="kind", label=gettext_lazy("来源"), field="kind", choices=EntryKind.choices),
        CaseFilter(
            name="mine", label=gettext_lazy("原负责人"),
            cases=(
                Case("yes", gettext_lazy("是我"), _mine_before),
                Case("no", gettext_lazy("不是我"), lambda asking: ~_mine_before(asking)),
            ),
        ),
    ),
    views=(
        View("all", gettext_lazy("全部"), ()),
        View("new", gettext_lazy("最近 7 天进入"), (("since.from", "-7"),)),
        View("a", gettext_lazy("A 类和 B 类"), (("abc", "A"), ("abc", "B"))),
        View("before", gettext_lazy("原来是我的"), (("mine", "yes"),)),
    ),
    sort="-since",
    record="accounts:pool_entry",
    record_in_drawer=True,
    search=_named,
    search_hint=gettext_lazy("名称、拼音"),
    row_acts=(
        Act(gettext_lazy("认领"), "accounts:pool_claim", permission="accounts.claim", drawer=True),
        Act(gettext_lazy("分配"), "accounts:pool_assign", permission="accounts.assign", drawer=True),
    ),
    bulk=(CLAIM, ASSIGN),
    bulk_url="accounts:pools_bulk",
    acts=(
        Act(gettext_lazy("即将回收"), "accounts:pools_due", icon="clock-exclamation", permission="accounts.view"),
        Act(gettext_lazy("公海设置"), "accounts:pool_settings", icon="settings", permission="pools.manage"),
    ),
    export_url="accounts:pools_export",
    export_permission="accounts.export",
    empty=(
        gettext_lazy("公海里没有您可以认领的客户"),
        gettext_lazy("负责人退回或按规则回收的客户会放在这里，所属组织的同事可以认领。"),
    ),
)  # fmt: skip


def _warned(viewer: Viewer) -> "QuerySet[Any]":
    rows: QuerySet[Any] = PoolWarning.objects.visible_to(viewer).filter(account__merged_into=None)
    return rows


def _near(days: int) -> Tone:
    return "bad" if days >= -1 else "warn"


DUE: Final = ListPage(
    name="pool_warnings",
    title=gettext_lazy("即将回收"),
    model=PoolWarning,
    rows=_warned,
    permission="accounts.view",
    label="account__name",
    columns=(
        TitleColumn(name="name", label=gettext_lazy("客户"), reads=("account__name",)),
        ChoiceColumn(
            name="barrier", label=gettext_lazy("不回收的原因"), reads=("barrier",), phone=1,
            choices=[choice for choice in Barrier.choices if choice[0]], tones=BARRIER_TONES,
        ),
        DayColumn(
            name="due", label=gettext_lazy("回收日"), reads=("due_on",), sort=("due_on",), relative=True, tone=_near
        ),
        Column(name="owner", label=gettext_lazy("负责人"), reads=("owner__name",)),
        WhyColumn(name="why", label=gettext_lazy("原因"), reads=("reason", "why"), wide=True),
        DayColumn(
            name="contact", label=gettext_lazy("最近接触"), reads=("account__last_contact_on",), relative=True, phone=3
        ),
        Column(name="pool", label=gettext_lazy("公海名称"), reads=("pool__name",), phone=3),
        ChoiceColumn(
            name="abc", label=gettext_lazy("ABC"), reads=("account__abc_class",), phone=3, default=False,
            choices=[(AbcClass.A, "A"), (AbcClass.B, "B"), (AbcClass.C, "C")], tones=ABC_TONES,
        ),
        Column(name="unit", label=gettext_lazy("所属组织"), reads=("account__unit__name",), phone=3, default=False),
    ),
    filters=(
        PersonFilter(
            name="owner", label=gettext_lazy("负责人"), field="owner_id", source="accounts:pick_people",
            nobody=gettext_lazy("无负责人"),
        ),
        UnitFilter(name="unit", label=gettext_lazy("所属组织"), field="account__unit_id"),
        ChoiceFilter(
            name="barrier", label=gettext_lazy("不回收的原因"), field="barrier", choices=Barrier.choices
        ),
        DayFilter(name="due", label=gettext_lazy("回收日"), field="due_on"),
        ChoiceFilter(name="pool", label=gettext_lazy("公海"), field="pool_id", choices=PoolChoices()),
    ),
    views=(
        View("all", gettext_lazy("全部"), ()),
        View("mine", gettext_lazy("我负责的"), (("owner", "me"), ("barrier", "none"))),
        View("soon", gettext_lazy("7 天内回收"), (("barrier", "none"), ("due.to", "7"))),
        View("kept", gettext_lazy("须重新指派"), (("barrier", "key"), ("barrier", "matter"), ("barrier", "protected"))),
    ),
    sort="due",
    record="accounts:pool_warning",
    row_acts=(
        Act(gettext_lazy("写跟进"), "accounts:pool_warning_log", permission="people.edit", drawer=True),
        Act(gettext_lazy("变更负责人"), "accounts:pool_warning_owner", permission="accounts.assign", drawer=True),
    ),
    export_url="accounts:pools_due_export",
    export_permission="accounts.export",
    empty=(
        gettext_lazy("没有即将回收的客户"),
        gettext_lazy("按公海规则将要回收的客户，会在回收前 7 天列在这里；写一条跟进即可保留。"),
    ),
)  # fmt: skip
