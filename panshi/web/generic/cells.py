"""What stands in one cell of a list, as data: the template decides how a kind looks, a room never writes HTML."""

from typing import Any, Literal, NamedTuple

from django.utils.functional import Promise

Kind = Literal["text", "tag", "money", "change", "day", "moment", "ago", "link", "number"]
Tone = Literal["", "accent", "good", "warn", "bad", "info"]


class Cell(NamedTuple):
    """One cell: its `value` shown as `kind`; `tone` colours by meaning (never alone: the words say it too).

    `href` leads to what is behind a number; `hint` is shown on hover.
    """

    kind: Kind = "text"
    value: Any = ""
    tone: Tone = ""
    href: str = ""
    hint: str = ""


EMPTY = Cell()


class Words(dict[str, str]):
    """Labels of coded values in the language of the request, translated once a page instead of once a row."""

    def __init__(self, choices: list[tuple[str, "str | Promise"]]) -> None:
        super().__init__((str(code), str(label)) for code, label in choices)

    def __missing__(self, code: str) -> str:
        """A code without a label shows itself."""
        return code
