"""Writes of saved views: keep one, change it, share it, delete it and bring it back."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.ground.base.refusals import NotAllowed, Refused
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.models import Unit
from panshi.ground.settings.models import ListView, Sharing

MOST_VIEWS: Final = 50
LONGEST_NAME: Final = 40
LONGEST_QUERY: Final = 12_000


class CannotKeepView(Refused):
    """The view has no name, there are too many, or it may not be shared like that."""


@transaction.atomic
def keep_view(
    *,
    listed: str,
    name: str,
    query: str,
    columns: Sequence[str] = (),
    density: str = "",
    sharing: str = Sharing.PRIVATE,
    unit: Unit | None = None,
    by: Viewer,
    at: dt.datetime,
) -> ListView:
    """Save a way to look at a list under a name; one's own view of that name is replaced."""
    name = _name(name)
    _check_sharing(sharing, unit, by)
    if len(query) > LONGEST_QUERY:
        raise CannotKeepView(_("条件太长，不能存为视图。"))
    own = ListView.objects.visible_to(by).kept().of_list(listed).filter(person_id=by.person_id or 0)
    view: ListView | None = own.select_for_update().filter(name=name).first()
    if view is None:
        if own.count() >= MOST_VIEWS:
            raise CannotKeepView(
                _("每个列表最多保存 %(count)s 个视图，请先删除不用的。") % {"count": MOST_VIEWS}
            )
        view = ListView(listed=listed, name=name, person_id=by.person_id or 0, created_at=at)
    view.query, view.columns, view.density = query, _columns(columns), density[:8]
    view.sharing, view.unit, view.updated_at = sharing, unit if sharing == Sharing.UNIT else None, at
    view.save()
    return view


@transaction.atomic
def change_view(
    *,
    view: ListView,
    name: str | None = None,
    query: str | None = None,
    columns: Sequence[str] | None = None,
    sharing: str | None = None,
    unit: Unit | None = None,
    by: Viewer,
    at: dt.datetime,
) -> ListView:
    """Rename one's own view, share it otherwise, or let it show something else."""
    mine = _own(view, by)
    if name is not None:
        mine.name = _name(name)
        others = ListView.objects.filter(person_id=mine.person_id, listed=mine.listed, name=mine.name)
        if others.kept().exclude(pk=mine.pk).exists():
            raise CannotKeepView(_("您已有一个同名的视图。"), field="name")
    if sharing is not None:
        _check_sharing(sharing, unit, by)
        mine.sharing, mine.unit = sharing, unit if sharing == Sharing.UNIT else None
    if query is not None:
        mine.query = query[:LONGEST_QUERY]
    if columns is not None:
        mine.columns = _columns(columns)
    mine.updated_at = at
    mine.save()
    return mine


@transaction.atomic
def drop_view(*, view: ListView, by: Viewer, at: dt.datetime) -> ListView:
    """Delete one's own view, or a shared one where one looks after everybody's; it can be brought back."""
    looks_after = by.sees_all("views.share") and view.sharing != Sharing.PRIVATE
    found = _locked(view, by) if looks_after else _own(view, by)
    found.removed_at = at
    found.save(update_fields=["removed_at"])
    return found


@transaction.atomic
def restore_view(*, view: ListView, by: Viewer, at: dt.datetime) -> ListView:
    """Bring a deleted view back; under another name where there is a new one of that name."""
    mine = _own(view, by)
    taken = ListView.objects.filter(person_id=mine.person_id, listed=mine.listed, name=mine.name).kept()
    if taken.exclude(pk=mine.pk).exists():
        mine.name = f"{mine.name[: LONGEST_NAME - 6]} {at:%H%M%S}"[:LONGEST_NAME]
    mine.removed_at, mine.updated_at = None, at
    mine.save(update_fields=["removed_at", "updated_at", "name"])
    return mine


def _locked(view: ListView, by: Viewer) -> ListView:
    found: ListView | None = (
        ListView.objects.select_for_update(of=("self",)).visible_to(by).filter(pk=view.pk).first()
    )
    if found is None:
        raise NotAllowed(_("您没有此项操作的权限。"))
    return found


def _own(view: ListView, by: Viewer) -> ListView:
    found = _locked(view, by)
    if found.person_id != by.person_id:
        raise NotAllowed(_("只有视图的主人可以修改它。"))
    return found


def _name(name: str) -> str:
    text = " ".join(name.split())
    if not text or not text.isprintable():
        raise CannotKeepView(_("请填写视图的名称。"), field="name")
    if len(text) > LONGEST_NAME:
        raise CannotKeepView(_("名称最多 %(length)d 个字。") % {"length": LONGEST_NAME}, field="name")
    return text


def _check_sharing(sharing: str, unit: Unit | None, by: Viewer) -> None:
    """A view may be offered to a unit by whoever leads it, to everybody by whoever reaches everybody."""
    if sharing not in Sharing.values:
        raise CannotKeepView(_("请选择谁能看到。"), field="sharing")
    if sharing == Sharing.PRIVATE:
        return
    span = by.span("views.share")
    if span is None or (sharing == Sharing.ALL and not span.everything):
        raise NotAllowed(_("您没有共享视图的权限。"))
    if sharing == Sharing.UNIT:
        if unit is None:
            raise CannotKeepView(_("请选择组织。"), field="unit")
        if not span.everything and unit.pk not in span.units:
            raise NotAllowed(_("只能共享给您负责的组织。"))


def _columns(columns: Sequence[str]) -> str:
    return json.dumps(list(columns)[:100], ensure_ascii=False) if columns else ""
