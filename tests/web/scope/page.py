"""What the scope matrix says of one address: its keys, what it needs, who may see what it speaks of."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from tests.web.scope_world import EVERYBODY, HOLDS, SEES, SEES_ANALYSIS, SEES_IMPORT, SEES_JOB, World

Keys = Callable[[World], tuple[object, ...]]


def nothing(world: World) -> tuple[object, ...]:
    return ()


def ours(world: World) -> tuple[object, ...]:
    return (world.ours.pk,)


def contact(world: World) -> tuple[object, ...]:
    return (world.contact.pk,)


def entry(world: World) -> tuple[object, ...]:
    return (world.entry.pk,)


def colleague(world: World) -> tuple[object, ...]:
    return (world.company.owner.pk,)


def unit(world: World) -> tuple[object, ...]:
    return (world.company.units.east_two.pk,)


@dataclass(frozen=True)
class Page:
    """One address: its keys, what it needs, who may see what it speaks of, and what to ask it."""

    name: str
    keys: Keys = nothing
    needs: tuple[str, ...] = ()
    seen_by: frozenset[str] = frozenset(EVERYBODY)
    query: str = ""
    extra: tuple[object, ...] = ()
    answers: frozenset[int] = frozenset({200})

    def address(self, world: World) -> str:
        query = f"?{self.query}" if self.query else ""
        return reverse(self.name, args=[*self.keys(world), *self.extra]) + query

    def expected(self, who: str) -> frozenset[int]:
        """The statuses that are right for a person."""
        holds = all(who in HOLDS[code] for code in self.needs)
        if who not in self.seen_by:
            return frozenset({404}) if holds else frozenset({403, 404})
        return self.answers if holds else frozenset({403})

    def __str__(self) -> str:
        return f"{self.name}{'?' + self.query if self.query else ''}{self.extra or ''}"


def of_ours(name: str, *needs: str, **more: object) -> Page:
    """A page about our account or something that hangs from it."""
    return Page(name, **{"keys": ours, "needs": needs, "seen_by": SEES, **more})  # type: ignore[arg-type]


def admin(name: str, keys: Keys = nothing) -> Page:
    """A page of those who manage people."""
    return Page(name, keys, ("identity.manage",))


def of_job(name: str) -> Page:
    """A page about the owner's background job."""
    return Page(name, lambda world: (world.job.pk,), seen_by=SEES_JOB)


def of_import(name: str, *answers: int) -> Page:
    """A page about an import of accounts that operations began."""
    keys: Keys = lambda world: (world.upload.pk,)  # noqa: E731
    return Page(name, keys, ("accounts.import",), SEES_IMPORT, answers=frozenset(answers or {200}))


def of_batch(name: str, *answers: int, extra: tuple[object, ...] = (), needs: tuple[str, ...] = ()) -> Page:
    """A page about a batch of the ledger; whoever may import sees every batch."""
    keys: Keys = lambda world: (world.batch.pk,)  # noqa: E731
    return Page(name, keys, ("ledger.import", *needs), extra=extra, answers=frozenset(answers or {200}))


def of_analysis(name: str, *needs: str, query: str = "") -> Page:
    """A page about an analysis of the whole company."""
    keys: Keys = lambda world: (world.analysis.pk,)  # noqa: E731
    return Page(name, keys, ("analysis.view", *needs), SEES_ANALYSIS, query=query)
