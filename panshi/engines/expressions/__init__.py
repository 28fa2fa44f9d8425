"""Expressions and decision tables that cannot reach Python. Nothing outside this room knows which engine it is.

`check`, `evaluate` and `truth` are the whole of expressions; `Table` with `check_table`, `evaluate_table` and
`overlaps_and_gaps` is the whole of decision tables. No clock, no Django: what they answer depends on what they are
given.
"""

from panshi.engines.expressions.cells import ANY, read_cell, read_result, write_cell, write_value
from panshi.engines.expressions.coverage import Coverage, Gap, Overlap, overlaps_and_gaps
from panshi.engines.expressions.interchange import from_plain, from_zen, to_plain, to_zen
from panshi.engines.expressions.kinds import BadExpression, Exact, Given, Kind, Plain
from panshi.engines.expressions.reading import is_name
from panshi.engines.expressions.running import check, compute, evaluate, names_of, truth
from panshi.engines.expressions.tables import (
    BadTable,
    Column,
    CompiledTable,
    HitPolicy,
    Outcome,
    Problem,
    Row,
    Table,
    check_table,
    compile_table,
    evaluate_table,
)

__all__ = [
    "ANY",
    "BadExpression",
    "BadTable",
    "Column",
    "CompiledTable",
    "Coverage",
    "Exact",
    "Gap",
    "Given",
    "HitPolicy",
    "Kind",
    "Outcome",
    "Overlap",
    "Plain",
    "Problem",
    "Row",
    "Table",
    "check",
    "check_table",
    "compile_table",
    "compute",
    "evaluate",
    "evaluate_table",
    "from_plain",
    "from_zen",
    "is_name",
    "names_of",
    "overlaps_and_gaps",
    "read_cell",
    "read_result",
    "to_plain",
    "to_zen",
    "truth",
    "write_cell",
    "write_value",
]
