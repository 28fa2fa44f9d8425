"""Rows of a file that could not become ledger lines: how many for which reason, and the first of them in words."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from panshi.calc.reading import Problem
from panshi.domains.ledger.models import Batch
from panshi.domains.ledger.reports.batches import FIELD_LABELS
from panshi.domains.ledger.reports.standing import batch_folder
from panshi.engines.analytics.values import REJECTED

PROBLEMS: Final[Mapping[Problem, Promise]] = {
    Problem.MISSING: gettext_lazy("%(field)s为空"),
    Problem.UNREADABLE: gettext_lazy("%(field)s无法识别"),
    Problem.AMBIGUOUS: gettext_lazy("%(field)s有两种读法，请指定日期写法"),
    Problem.IMPOSSIBLE: gettext_lazy("%(field)s不存在"),
    Problem.TOO_LARGE: gettext_lazy("%(field)s超出范围"),
}
SAMPLE: Final = 20
LONGEST_CELL: Final = 60


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One rejected row: its number in the file (the headings are row 1), why, and what stood in it."""

    row: str
    reason: str
    cells: tuple[str, ...]


def reason_in_words(code: str) -> str:
    """What the engine's reason code means to a person: `date_impossible` → 日期不存在."""
    for field, label in FIELD_LABELS.items():
        name, _gap, problem = code.rpartition(f"{field.value}_")
        if not name and problem in set(Problem):
            return str(PROBLEMS[Problem(problem)]) % {"field": label}
    return _("单元格比列标题多") if code == "surplus_cells" else code


def reasons_in_words(batch: Batch) -> list[tuple[str, int]]:
    """Each reason with its number of rows, the most frequent first."""
    counted = sorted(batch.reasons.items(), key=lambda item: (-int(item[1]), item[0]))
    return [(reason_in_words(code), int(count)) for code, count in counted]


def rejected_sample(batch: Batch) -> list[RejectedRow]:
    """The first rejected rows, long cells cut; nothing when the file is gone."""
    try:
        with (batch_folder(batch) / REJECTED).open(encoding="utf-8-sig", newline="") as file:
            rows = list(islice(csv.reader(file), 1, SAMPLE + 1))
    except OSError:
        return []
    return [
        RejectedRow(row[0], reason_in_words(row[1]), tuple(cell[:LONGEST_CELL] for cell in row[2:]))
        for row in rows
        if len(row) > 1
    ]
