"""Columns and filters that the lists of requests share: what is said of a request in every box."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.ground.base.viewer import Viewer
from panshi.web.generic.cells import EMPTY, Cell, Tone
from panshi.web.generic.columns import ChoiceColumn, Column, MomentColumn, Plain, Row, TitleColumn
from panshi.web.generic.filters import ChoiceFilter, Filter
from panshi.web.generic.places import AccountFilter, PersonFilter
from panshi.workflow.models import ActKind, RequestState
from panshi.workflow.models.requests import NOT_ENDED
from panshi.workflow.reports.lines import open_steps, process_names

STATE_TONES: Final[Mapping[str, Tone]] = {
    RequestState.RUNNING: "info",
    RequestState.RETURNED: "warn",
    RequestState.STUCK: "bad",
    RequestState.APPROVED: "good",
    RequestState.REJECTED: "bad",
    RequestState.WITHDRAWN: "",
    RequestState.CANCELLED: "",
}
ACT_TONES: Final[Mapping[str, Tone]] = {
    ActKind.APPROVED: "good",
    ActKind.REJECTED: "bad",
    ActKind.SENT_BACK: "warn",
}


class ProcessChoices:
    """Every process by key and name, asked anew for each page."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter([(str(pk), name) for pk, name in process_names()])


@dataclass(frozen=True, kw_only=True)
class WaitingColumn(Column):
    """For how long: a moment by its distance from now."""

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        return Cell("ago", row[self.reads[0]])

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        return f"{timezone.localtime(row[self.reads[0]]):%Y-%m-%d %H:%M}"


@dataclass(frozen=True, kw_only=True)
class DueColumn(Column):
    """Until when: `reads` are the moment and whether it was counted without an official calendar."""

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        due, provisional = row[self.reads[0]], row[self.reads[1]]
        if due == NOT_ENDED:
            return EMPTY
        local = timezone.localtime(due)
        words = f"{local:%m-%d %H:%M}" if local.year == on.year else f"{local:%Y-%m-%d}"
        if provisional:
            words = _("%(due)s（暂定）") % {"due": words}
        left = due - timezone.now()
        if left < dt.timedelta(0):
            return Cell("tag", _("已超时 %(due)s") % {"due": words}, "bad")
        return Cell("tag", words, "warn") if left < dt.timedelta(days=1) else Cell("text", words)

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        due = row[self.reads[0]]
        return None if due == NOT_ENDED else f"{timezone.localtime(due):%Y-%m-%d %H:%M}"


@dataclass(frozen=True, kw_only=True)
class MarkColumn(Column):
    """A word where a moment is set (urged), nothing where it is not."""

    word: Promise
    tone: Tone = "warn"
    unset: bool = False

    def cell(self, row: Row, on: dt.date) -> Cell:
        """See `Column.cell`."""
        return Cell("tag", self.word, self.tone) if self._set(row) else EMPTY

    def plain(self, row: Row) -> Plain:
        """See `Column.plain`."""
        return str(self.word) if self._set(row) else None

    def _set(self, row: Row) -> bool:
        return (row[self.reads[0]] is None) is self.unset


def search_words(path: str) -> Any:
    """Search by number or title; the rows of an inbox are one's own, so a substring may be looked for."""

    def search(words: str, viewer: Viewer) -> Q:
        return Q(**{f"{path}title__icontains": words}) | Q(**{f"{path}number__startswith": words.upper()})

    return search


def request_filters(path: str) -> tuple[Filter, ...]:
    """The filters every list of requests has."""
    return (
        ChoiceFilter(
            name="process", label=gettext_lazy("流程"), field=f"{path}process_id", choices=ProcessChoices()
        ),
        PersonFilter(
            name="applicant", label=gettext_lazy("申请人"), field=f"{path}applicant_id",
            source="accounts:pick_people", nobody=gettext_lazy("无"),
        ),
        AccountFilter(
            name="account", label=gettext_lazy("客户"), field=f"{path}account_id", source="accounts:pick_accounts"
        ),
    )  # fmt: skip


def state_filter(path: str) -> ChoiceFilter:
    """By where the request stands."""
    return ChoiceFilter(
        name="state", label=gettext_lazy("状态"), field=f"{path}state", choices=RequestState.choices
    )


def identity_columns(path: str) -> tuple[Column, ...]:
    """What is said of a request in every list."""
    return (
        Column(name="number", label=gettext_lazy("编号"), reads=(f"{path}number",), phone=3),
        Column(name="process", label=gettext_lazy("流程"), reads=(f"{path}process__name",), phone=3),
        Column(name="applicant", label=gettext_lazy("申请人"), reads=(f"{path}applicant__name",)),
    )


def state_column(path: str, **more: Any) -> ChoiceColumn:
    """Where the request stands."""
    return ChoiceColumn(
        name="state", label=gettext_lazy("申请状态"), reads=(f"{path}state",), choices=RequestState.choices,
        tones=STATE_TONES, **more,
    )  # fmt: skip


def title_column(path: str) -> TitleColumn:
    """What the request is called; opens it."""
    return TitleColumn(name="title", label=gettext_lazy("申请"), reads=(f"{path}title",), wide=True)


def with_whom(keys: Sequence[int], reads: Sequence[str]) -> dict[int, dict[str, Any]]:
    """The steps that open requests wait at, by request; one query a page."""
    return {request_id: {"step": _("、").join(names)} for request_id, names in open_steps(keys).items()}


def request_columns(*more: Column) -> tuple[Column, ...]:
    """The columns of lists whose rows are requests."""
    return (
        title_column(""),
        state_column("", phone=1),
        *more,
        *identity_columns("")[:2],
        Column(name="step", label=gettext_lazy("当前步骤"), reads=("step",), filled=True),
        MomentColumn(
            name="started", label=gettext_lazy("提交时间"), reads=("started_at",), sort=("started_at",)
        ),
    )
