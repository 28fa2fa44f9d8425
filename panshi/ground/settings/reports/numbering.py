"""Reads of number series: how the next records will be numbered."""

from dataclasses import dataclass

from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.catalogue.series import SERIES
from panshi.ground.settings.models import Numbering


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A series with its format and an example: the next number it gives."""

    series: str
    label: str
    prefix: str
    width: int
    next_number: int

    @property
    def example(self) -> str:
        """The next number."""
        return f"{self.prefix}{self.next_number:0{self.width}d}"


def number_series(*, viewer: Viewer) -> list[SeriesRow]:
    """All series, those nobody drew from yet with their shipped format; one query."""
    viewer.require("settings.manage")
    rows = {row.series: row for row in Numbering.objects.visible_to(viewer)}
    found = []
    for code, (label, prefix) in SERIES.items():
        row = rows.get(code) or Numbering(series=code, prefix=prefix)
        found.append(SeriesRow(code, str(label), row.prefix, row.width, row.next_number))
    return found
