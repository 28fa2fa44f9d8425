"""Event kinds: each domain declares its own beside its models, with payload fields and the permission to read them."""

from dataclasses import dataclass

_KINDS: dict[str, "EventKind"] = {}


@dataclass(frozen=True, slots=True)
class EventKind:
    """What one kind of event carries; `name` is `<domain>.<past participle>`. Declaring it registers it."""

    name: str
    fields: tuple[str, ...] = ()
    permission: str = "accounts.view"

    def __post_init__(self) -> None:
        if self.name in _KINDS:
            raise ValueError(f"event kind {self.name} is declared twice")
        _KINDS[self.name] = self


def all_kinds() -> dict[str, EventKind]:
    """Every declared kind by name."""
    return dict(_KINDS)
