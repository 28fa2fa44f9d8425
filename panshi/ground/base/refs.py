"""How lower floors name a record of a higher one: by kind and key. Only the faces know what stands behind it."""

import re
from dataclasses import dataclass
from typing import Final

_KIND: Final = re.compile(r"[a-z]+(\.[a-z_]+)?")


@dataclass(frozen=True, slots=True)
class RecordRef:
    """One record by its kind (`account`, `contact`, `log`, `request` …) and key. No foreign key: what is referred to
    may live anywhere above, and the reference may outlive it."""

    kind: str
    id: int

    def __post_init__(self) -> None:
        if not _KIND.fullmatch(self.kind) or len(self.kind) > 40:
            raise ValueError(f"{self.kind!r} is no kind of record")

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"
