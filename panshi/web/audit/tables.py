"""The list of events as data. Names and accounts are found beside the events, which hold ids only."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from panshi.domains.accounts.models import Account
from panshi.ground.audit.models import Event
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Person
from panshi.web.generic.cells import EMPTY, Cell
from panshi.web.generic.columns import Column, LinkColumn, MomentColumn, Plain, Row, TitleColumn
from panshi.web.generic.filters import ChoiceFilter
from panshi.web.generic.kinds import KINDS, kind_words
from panshi.web.generic.lists import Act, ListPage, View
from panshi.web.generic.places import AccountFilter, PersonFilter
from panshi.web.generic.ranges import MomentFilter


@dataclass(frozen=True, kw_only=True)
class KindColumn(TitleColumn):
    """The kind of an event in words."""

    repeats: ClassVar[bool] = True

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        return Cell("text", kind_words(row[self.reads[0]]))

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        return kind_words(row[self.reads[0]])


@dataclass(frozen=True, kw_only=True)
class ActorColumn(Column):
    """Who did it: a person's name, or the house itself."""

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        return Cell("text", self.plain(row))

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        name, key = (row[read] for read in self.reads)
        return name or (f"#{key}" if key else gettext("系统"))


@dataclass(frozen=True, kw_only=True)
class AccountColumn(LinkColumn):
    """The account by name where the viewer may see it, else by its number only."""

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        name, key = (row[read] for read in self.reads)
        if name:
            return super().cell(row, on)
        return Cell("text", f"#{key}") if key else EMPTY

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        name, key = (row[read] for read in self.reads)
        return name or (f"#{key}" if key else None)


def _events(viewer: Viewer) -> "QuerySet[Any]":
    people = Person.objects.visible_to(viewer).filter(pk=OuterRef("by_id"))
    accounts = Account.objects.visible_to(viewer).filter(pk=OuterRef("account_id"))
    rows: QuerySet[Any] = Event.objects.visible_to(viewer).annotate(
        actor=Subquery(people.order_by().values("name")[:1]),
        account_name=Subquery(accounts.order_by().values("name")[:1]),
    )
    return rows


def _kinds(*starts: str) -> tuple[tuple[str, str], ...]:
    return tuple(("kind", kind) for kind in KINDS if kind.startswith(starts))


EVENTS: Final = ListPage(
    name="audit",
    title=_("审计记录"),
    model=Event,
    rows=_events,
    permission="audit.view",
    columns=(
        KindColumn(name="kind", label=_("事件"), reads=("kind",)),
        MomentColumn(name="at", label=_("时间"), reads=("at",), sort=("at",)),
        ActorColumn(name="by", label=_("操作人"), reads=("actor", "by_id")),
        AccountColumn(
            name="account", label=_("客户"), reads=("account_name", "account_id"), url_name="accounts:detail"
        ),
        Column(name="number", label=_("事件编号"), reads=("id",), numeric=True, phone=3),
    ),
    filters=(
        MomentFilter(name="at", label=_("时间"), field="at"),
        PersonFilter(
            name="by", label=_("操作人"), field="by_id", source="accounts:pick_people", nobody=_("系统")
        ),
        AccountFilter(name="account", label=_("客户"), field="account_id", source="accounts:pick_accounts"),
        ChoiceFilter(name="kind", label=_("事件"), field="kind", choices=KINDS.items()),
    ),
    views=(
        View("all", _("全部"), ()),
        View("entry", _("登录与会话"), _kinds("identity.sign", "identity.session", "identity.second")),
        View("rights", _("人员与权限"), _kinds("identity.p", "identity.unit", "identity.role")),
        View("out", _("导出"), _kinds("audit.exported")),
        View("in", _("导入与台账"), _kinds("ledger.", "accounts.imported")),
    ),
    sort="-at",
    label="id",
    record="audit:detail",
    record_in_drawer=True,
    export_url="audit:list_export",
    export_permission="audit.view",
    acts=(Act(_("防篡改状态"), "audit:chain", icon="shield-check", permission="audit.view"),),
    empty=(_("还没有审计记录"), _("登录、修改、导入、导出等每一件事都会记在这里，只增不改。")),
)
