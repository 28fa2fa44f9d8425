"""Kinds of notices: each domain declares its own beside its event kinds, with the words a person reads.

The sentence lives with the kind because mail is written by jobs, which know no pages. Its placeholders are filled from
the notice's values; `%(account)s` and `%(by)s` are filled at reading, with what the reader may see then.
"""

import re
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise

_KINDS: dict[str, "NoticeKind"] = {}
_NAME: Final = re.compile(r"[a-z]+\.[a-z_]+")

FILLED_AT_READING: Final = frozenset({"account", "by"})
"""Placeholders nobody passes to `notify`: a name is read when the notice is, through the reader's own gate."""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind of notice; `name` is `<domain>.<what happened>`. Declaring it registers it.

    `urgent` ones break quiet hours. `mail` says whether it is mailed at once as long as the person has not chosen;
    what is not waits for the digest.
    """

    name: str
    label: Promise | str
    sentence: Promise | str
    urgent: bool = False
    mail: bool = True

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.name) > 60:
            raise ValueError(f"{self.name!r} is no name for a kind of notice")
        if self.name in _KINDS:
            raise ValueError(f"notice kind {self.name} is declared twice")
        _KINDS[self.name] = self


def all_kinds() -> dict[str, NoticeKind]:
    """Every declared kind by name, in the order of declaration."""
    return dict(_KINDS)
