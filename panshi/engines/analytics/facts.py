"""Reads the typed facts of a ledger out of an opened table: days, amounts and keys, or the reason why not.

Plain values are cast by DuckDB; each odd one is read once by `panshi.calc`, so both ways mean the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Final

import duckdb

from panshi.calc.money import LEDGER_DIGITS, LEDGER_PLACES, PRICE_PLACES, read_amount
from panshi.calc.periods import YEARS, DayOrder, day_order, read_day
from panshi.calc.reading import Unreadable
from panshi.engines.analytics.headings import Field
from panshi.engines.analytics.tables import Table

PLACES: Final[Mapping[Field, int]] = {
    Field.QUANTITY: LEDGER_PLACES,
    Field.PRICE: PRICE_PLACES,
    Field.AMOUNT: LEDGER_PLACES,
    Field.COST: LEDGER_PLACES,
    Field.LINE_NO: 0,
}
IDENTITY: Final = (Field.ACCOUNT, Field.USCC, Field.ACCOUNT_NAME)
OPTIONAL: Final = frozenset({Field.COST, Field.QUANTITY})
SURPLUS: Final = "surplus_cells"
PLAIN_DAY: Final = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
PLAIN_AMOUNT: Final = r"[+-]?\d{1,14}(?:\.\d+)?"
BLANK_ENDS: Final = r"^[\s\x{a0}\x{3000}]|[\s\x{a0}\x{3000}]$"
BLANKS: Final = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288)"

Reader = Callable[[str], date | Decimal]


@dataclass(frozen=True, slots=True)
class _Column:
    """How one field is taken from its column: the SQL of its plain value, and the reader of what is left."""

    field: Field
    plain: str
    text: str
    sql_type: str
    required: bool

    @property
    def is_text(self) -> bool:
        return self.sql_type == "VARCHAR"


def read_facts(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    columns: Mapping[Field, int],
    order: DayOrder | None = None,
) -> None:
    """Create the relation `facts` from `source`: `row`, one column per mapped field, `amount` and `reason`.

    `amount` is the mapped one or else quantity × price, rounded to 4 places line by line. `reason` is NULL for a
    good line, otherwise a code such as `date_impossible`. Text is trimmed and empty text is NULL. A line without
    an account is no error here: its account is NULL and the rest of it is not examined.
    """
    readings = [
        _column(field, f"c{position}", table.types[position], columns) for field, position in columns.items()
    ]
    plain = ", ".join(f"{each.plain} AS {each.field}" for each in readings)
    odd_ones = [each for each in readings if not each.is_text]
    raw = "".join(
        f", CASE WHEN {each.field} IS NULL THEN {each.text} END AS {each.field}_raw" for each in odd_ones
    )
    names = ", ".join(each.field.value for each in readings)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE typed AS SELECT row, surplus, {names}{raw} FROM (SELECT *, {plain} FROM source)"
    )
    _strip_float_codes(connection, readings)
    identity = [each.field.value for each in readings if each.field in IDENTITY]
    examined = f"coalesce({', '.join(identity)}) IS NOT NULL" if identity else "true"
    odd = {each.field: _read_odd(connection, each, order, examined) for each in readings if not each.is_text}
    _create_facts(connection, readings, odd, examined)


def _column(field: Field, cell: str, cell_type: str, columns: Mapping[Field, int]) -> _Column:
    text = f"CAST({cell} AS VARCHAR)"
    if field is Field.DATE:
        return _Column(field, _plain_day(cell, cell_type), text, "DATE", required=True)
    if field in PLACES:
        sql_type = f"DECIMAL({LEDGER_DIGITS}, {PLACES[field]})"
        plain = f"TRY_CAST({cell} AS {sql_type})"
        if cell_type == "VARCHAR":
            plain = f"CASE WHEN regexp_full_match({cell}, '{PLAIN_AMOUNT}') THEN {plain} END"
        needed = field is Field.QUANTITY and Field.AMOUNT not in columns
        return _Column(field, plain, text, sql_type, required=needed or field not in OPTIONAL)
    if cell_type in ("DOUBLE", "FLOAT"):
        whole = f"{cell} = floor({cell}) AND abs({cell}) < 1e15"
        text = f"CASE WHEN {whole} THEN CAST(CAST({cell} AS BIGINT) AS VARCHAR) WHEN NOT isnan({cell}) THEN {text} END"
    trimmed = f"CASE WHEN regexp_matches({text}, '{BLANK_ENDS}') THEN trim({text}, {BLANKS}) ELSE {text} END"
    return _Column(field, f"nullif({trimmed}, '')", text, "VARCHAR", required=False)


def _plain_day(cell: str, cell_type: str) -> str:
    day = f"CAST({cell} AS DATE)"
    if cell_type == "TIMESTAMP WITH TIME ZONE":
        day = f"CAST(CAST({cell} AS TIMESTAMP) + INTERVAL 8 HOUR AS DATE)"
    elif cell_type == "VARCHAR":
        stamp = f"CAST(TRY_CAST({cell} AS TIMESTAMP) AS DATE)"
        day = f"CASE WHEN regexp_full_match({cell}, '{PLAIN_DAY}') THEN {stamp} END"
    elif cell_type != "DATE" and not cell_type.startswith("TIMESTAMP"):
        return "NULL::DATE"  # numbers and the rest are read from their text
    return f"CASE WHEN year({day}) BETWEEN {YEARS.start} AND {YEARS.stop - 1} THEN {day} END"


def _strip_float_codes(connection: duckdb.DuckDBPyConnection, readings: list[_Column]) -> None:
    """Account codes that became floats on their way through another program (`13085.0`) become codes again."""
    if not any(each.field is Field.ACCOUNT for each in readings):
        return
    whole = "SELECT bool_and(account LIKE '%.0' AND regexp_full_match(account, '\\d+\\.0')) FROM typed"
    if connection.execute(whole).fetchall()[0][0]:
        connection.execute("UPDATE typed SET account = left(account, -2)")


def _read_odd(
    connection: duckdb.DuckDBPyConnection, column: _Column, order: DayOrder | None, examined: str
) -> bool:
    """Read each distinct odd text of a column into the table `odd_<field>`; False when there is none."""
    raw = f"{column.field}_raw"
    rows = connection.execute(
        f"SELECT DISTINCT {raw} FROM typed WHERE {raw} IS NOT NULL AND {examined}"
    ).fetchall()
    if not rows:
        return False
    texts = [str(row[0]) for row in rows]
    if column.field is Field.DATE:
        reader: Reader = partial(read_day, order=order or day_order(texts))
    else:
        reader = partial(read_amount, places=PLACES[column.field])
    values, problems = zip(*(_attempt(reader, text) for text in texts), strict=True)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE odd_{column.field} AS "
        f"SELECT unnest($1) AS raw, CAST(unnest($2) AS {column.sql_type}) AS value, unnest($3) AS problem",
        [texts, list(values), list(problems)],
    )
    return True


def _attempt(reader: Reader, text: str) -> tuple[str | None, str | None]:
    try:
        return str(reader(text)), None
    except Unreadable as unreadable:
        return None, str(unreadable.problem)


def _create_facts(
    connection: duckdb.DuckDBPyConnection, readings: list[_Column], odd: Mapping[Field, bool], examined: str
) -> None:
    values, joins = list[str](), list[str]()
    reasons = [f"WHEN NOT ({examined}) THEN NULL", f"WHEN surplus IS NOT NULL THEN '{SURPLUS}'"]
    for each in readings:
        name = each.field.value
        value = f"typed.{name}"
        if odd.get(each.field):
            value = f"coalesce(typed.{name}, odd_{name}.value)"
            joins.append(f"LEFT JOIN odd_{name} ON odd_{name}.raw = typed.{name}_raw")
            reasons.append(f"WHEN odd_{name}.problem IS NOT NULL THEN '{name}_' || odd_{name}.problem")
        if each.required:
            reasons.append(f"WHEN typed.{name} IS NULL AND typed.{name}_raw IS NULL THEN '{name}_missing'")
        values.append(f"{value} AS {name}")
    rows = (
        f"SELECT row, {examined} AS examined, {', '.join(values)}, CASE {' '.join(reasons)} END AS reason "
        f"FROM typed {' '.join(joins)}"
    )
    if Field.AMOUNT not in {each.field for each in readings}:
        product = f"TRY_CAST(quantity * price AS DECIMAL({LEDGER_DIGITS}, {LEDGER_PLACES}))"
        overflow = "examined AND reason IS NULL AND amount IS NULL"
        rows = (
            f"SELECT * REPLACE (CASE WHEN {overflow} THEN 'amount_too_large' ELSE reason END AS reason) "
            f"FROM (SELECT *, {product} AS amount FROM ({rows}))"
        )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW facts AS {rows}")
