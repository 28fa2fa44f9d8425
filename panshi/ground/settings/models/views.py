"""Saved views of lists: filters, sort and columns under a name, for oneself, a unit's people or everybody."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from panshi.ground.base.gate import Gate, GatedModel, GatedQuerySet, OwnRows
from panshi.ground.base.viewer import Span, Viewer
from panshi.ground.identity.models import Person, Unit


class Sharing(models.TextChoices):
    """Who finds a view among the tabs of its list."""

    PRIVATE = "private", _("只有我")
    UNIT = "unit", _("一个组织及下级的人")
    ALL = "all", _("所有人")


@dataclass(frozen=True, slots=True)
class OfferedRows(OwnRows):
    """One's own rows, those offered to everybody, and those offered to a unit in or above which one sits."""

    def condition(self, model: type[models.Model], viewer: Viewer, span: Span) -> Q | None:
        """See `Gate.condition`."""
        homes = frozenset[int]().union(*(held.homes for held in viewer.spans.values()))
        own = Q(**{self.path: viewer.person_id}) | Q(sharing=Sharing.ALL)
        return own | Q(sharing=Sharing.UNIT, unit_id__in=sorted(homes)) if homes else own


class ListViewQuerySet(GatedQuerySet["ListView"]):
    """Views by state."""

    def kept(self) -> Self:
        """Those not deleted."""
        return self.filter(removed_at=None)

    def of_list(self, name: str) -> Self:
        """Those of one list."""
        return self.filter(listed=name)


class ListView(GatedModel):
    """A named way to look at a list. It stores an address, never rows: whoever opens it sees what they may see.

    `columns` is JSON text, a list of column names or nothing for each reader's own. A deleted view can be brought back
    until the nightly tidying.
    """

    gate: ClassVar[Gate] = OfferedRows("person_id")

    listed = models.CharField(max_length=60)
    name = models.CharField(_("名称"), max_length=40)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    sharing = models.CharField(_("谁能看到"), max_length=8, choices=Sharing, default=Sharing.PRIVATE)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    query = models.TextField(blank=True)
    columns = models.TextField(blank=True)
    density = models.CharField(max_length=8, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = ListViewQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["listed", "sharing"], name="listview_of_list")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "listed", "name"],
                condition=Q(removed_at=None),
                name="listview_name_once",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="listview_has_a_name"),
            models.CheckConstraint(
                condition=Q(sharing="unit", unit__isnull=False) | (~Q(sharing="unit") & Q(unit=None)),
                name="listview_unit_when_shared_with_it",
            ),
        ]
