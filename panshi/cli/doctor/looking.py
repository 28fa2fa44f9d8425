"""What the doctor looks at, in order, and what a finding is. A look that fails is itself a finding, never a crash."""

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from panshi.cli.house import explain


class State(enum.Enum):
    """How a part is."""

    OK = "ok"
    WARNING = "look"
    ERROR = "WRONG"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part, how it is, in words, and what to do about it ("" when nothing is to do)."""

    part: str
    state: State
    words: str
    remedy: str = ""

    def told(self) -> dict[str, str]:
        """For programs."""
        return {
            "part": self.part,
            "state": self.state.name.lower(),
            "words": self.words,
            "remedy": self.remedy,
        }


Look = Callable[[], Iterator[Finding]]


def well(part: str, words: str) -> Finding:
    """Nothing to do."""
    return Finding(part, State.OK, words)


def doubtful(part: str, words: str, remedy: str) -> Finding:
    """It works, but somebody should look after it."""
    return Finding(part, State.WARNING, words, remedy)


def wrong(part: str, words: str, remedy: str) -> Finding:
    """It does not work, or will not for long."""
    return Finding(part, State.ERROR, words, remedy)


def look_over() -> list[Finding]:
    """Every finding. When the database does not answer, what stands in it is not asked."""
    from panshi.cli.doctor import machine, records

    findings = [*_looked(machine.LOOKS), *_looked(records.DATABASE)]
    if all(
        finding.state is not State.ERROR for finding in findings if finding.part in {"database", "schema"}
    ):
        findings += _looked(records.LOOKS)
    return findings


def _looked(looks: dict[str, Look]) -> Iterator[Finding]:
    for part, look in looks.items():
        try:
            yield from look()
        except Exception as error:
            words = explain(error) or f"{type(error).__name__}: {error}"
            yield wrong(part, words.strip().splitlines()[0][:300], "Mend this first, then look again.")
