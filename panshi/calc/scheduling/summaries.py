"""Links to and from summary activities, spread over the activities they contain.

A summary has no dates of its own; Microsoft Project lets its links bind what lies below it.
"""

from __future__ import annotations

from collections.abc import Mapping

from .model import Id, Link, LinkKind, Plan

FROM_START = (LinkKind.SS, LinkKind.SF)


def spread_links(plan: Plan, earliest: Mapping[Id, Id] | None = None) -> tuple[Link, ...]:
    """The plan's links with every summary replaced by the leaves below it.

    A link to a summary holds each leaf; a link from its finish waits for each leaf; a link from its start
    waits for the leaf named in `earliest` (default: for every leaf, as long as no dates are known).
    """
    if not plan.children:
        return plan.links
    spread: list[Link] = []
    for link in plan.links:
        if link.predecessor not in plan.children and link.successor not in plan.children:
            spread.append(link)
            continue
        sources = _ends(plan, link.predecessor)
        if link.kind in FROM_START and earliest is not None and link.predecessor in plan.children:
            sources = (earliest[link.predecessor],)
        targets = _ends(plan, link.successor)
        spread.extend(Link(s, t, link.kind, link.lag, link.unit) for s in sources for t in targets)
    return tuple(spread)


def _ends(plan: Plan, activity: Id) -> tuple[Id, ...]:
    return plan.leaves(activity) if activity in plan.children else (activity,)
