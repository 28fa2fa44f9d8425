"""PSPLIB single-mode files (`.sm`): precedence, durations, renewable resources (Kolisch and Sprecher 1996).

Job numbers stay the ids, supersource and sink included; times are integer periods.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from panshi.calc.scheduling.model import Activity, Assignment, Link, Plan, Resource

from .errors import CannotReadPlan

_SECTIONS = {
    "PRECEDENCE RELATIONS:": "links",
    "REQUESTS/DURATIONS:": "requests",
    "RESOURCEAVAILABILITIES:": "capacities",
    "PROJECT INFORMATION:": "information",
}


@dataclass(frozen=True, slots=True)
class PsplibPlan:
    """A plan and the length of its critical path as the file states it (`MPM-Time`), if it does."""

    plan: Plan
    mpm_time: int | None
    horizon: int | None


def read_psplib(source: bytes | Path, name: str = "") -> PsplibPlan:
    """Read one `.sm` file; raises `CannotReadPlan` with the line at fault."""
    raw = source.read_bytes() if isinstance(source, Path) else source
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError as error:
        raise CannotReadPlan("PSPLIB", "the file is not plain text") from error
    rows = _rows(text)
    if not rows["links"] or not rows["requests"]:
        raise CannotReadPlan("PSPLIB", "the precedence relations or the durations are missing")
    capacities = rows["capacities"][0] if rows["capacities"] else []
    resources = tuple(Resource(id=f"R{i}", capacity=c) for i, c in enumerate(capacities, start=1))
    activities, assignments = _activities(rows["requests"], resources)
    stated = rows["information"][0][5] if rows["information"] and len(rows["information"][0]) > 5 else None
    horizon = re.search(r"^horizon\s*:\s*(\d+)", text, re.MULTILINE)
    plan = Plan(
        activities=activities,
        links=_links(rows["links"]),
        resources=resources,
        assignments=assignments,
        name=name or (source.stem if isinstance(source, Path) else ""),
    )
    _check_count(text, plan)
    return PsplibPlan(plan, stated, int(horizon[1]) if horizon else None)


def _rows(text: str) -> dict[str, list[list[int]]]:
    """Lines of whole numbers below each heading."""
    rows: dict[str, list[list[int]]] = {section: [] for section in _SECTIONS.values()}
    current: list[list[int]] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if stripped in _SECTIONS:
            current = rows[_SECTIONS[stripped]]
        elif stripped.startswith("***"):
            current = None
        elif current is not None and stripped[:1].isdigit():
            try:
                current.append([int(word) for word in stripped.split()])
            except ValueError as error:
                raise CannotReadPlan(
                    "PSPLIB", f"line {number} is not a row of numbers: {stripped}"
                ) from error
    return rows


def _links(rows: list[list[int]]) -> tuple[Link, ...]:
    links: list[Link] = []
    for row in rows:
        if len(row) < 3 or len(row) != 3 + row[2]:
            raise CannotReadPlan("PSPLIB", f"job {row[0]} does not list as many successors as it says")
        if row[1] != 1:
            raise CannotReadPlan(
                "PSPLIB", f"job {row[0]} has {row[1]} modes; only single-mode files are read"
            )
        links.extend(Link(row[0], successor) for successor in row[3:])
    return tuple(links)


def _activities(
    rows: list[list[int]], resources: tuple[Resource, ...]
) -> tuple[tuple[Activity, ...], tuple[Assignment, ...]]:
    activities: list[Activity] = []
    assignments: list[Assignment] = []
    for row in rows:
        if len(row) != 3 + len(resources):
            raise CannotReadPlan("PSPLIB", f"job {row[0]} does not request every resource exactly once")
        job, _, duration, *requests = row
        activities.append(Activity(id=job, name=str(job), duration=duration, milestone=duration == 0))
        assignments.extend(
            Assignment(activity=job, resource=resource.id, units=units)
            for resource, units in zip(resources, requests, strict=True)
            if units
        )
    return tuple(activities), tuple(assignments)


def _check_count(text: str, plan: Plan) -> None:
    stated = re.search(r"^jobs \(incl\..*\):\s*(\d+)", text, re.MULTILINE)
    if stated and int(stated[1]) != len(plan.activities):
        raise CannotReadPlan(
            "PSPLIB", f"the file announces {stated[1]} jobs and holds {len(plan.activities)}; is it cut off?"
        )
