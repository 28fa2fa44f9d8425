"""What the views share: the table one may manage, and the shape templates show a table in."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404

from panshi.engines.expressions import BadExpression, Column, Table
from panshi.ground.base.refusals import Refused
from panshi.ground.rules.content import MOST_BYTES, Content, read_content
from panshi.ground.rules.models import RuleTable
from panshi.ground.rules.words import KINDS, POLICIES, sentence
from panshi.web.generic.bodies import json_body
from panshi.web.request import PanshiRequest


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table for the grid of a page: `lit` are the rows (from 1) that matched."""

    table: Table
    policy: str
    lit: tuple[int, ...] = ()

    @property
    def heads(self) -> list[tuple[Column, str, bool]]:
        """Columns with the words of their kind, and whether they are conditions."""
        return [
            *((column, str(KINDS[column.kind]), True) for column in self.table.inputs),
            *((column, str(KINDS[column.kind]), False) for column in self.table.outputs),
        ]


def shown(table: Table, lit: tuple[int, ...] = ()) -> ShownTable:
    """The table for a page."""
    return ShownTable(table, str(POLICIES[table.policy]), lit)


def managed(request: PanshiRequest, pk: int) -> RuleTable:
    """The table, for those who manage tables; 404 when there is none."""
    request.viewer.require("rules.manage")
    table: RuleTable | None = RuleTable.objects.visible_to(request.viewer).filter(pk=pk).first()
    if table is None:
        raise Http404
    return table


def sent(request: PanshiRequest) -> tuple[dict[str, Any], Content]:
    """What the editor sent: its JSON, and the content in it. Raises `Refused` in words."""
    data = json_body(request, most=MOST_BYTES, otherwise=sentence("not_a_table", {}))
    try:
        return data, read_content(data.get("content"))
    except BadExpression as error:
        raise Refused(sentence(error.code, error.params)) from error
