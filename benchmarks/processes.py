"""Processes: reading a definition of 60 nodes, starting, and loading, completing and saving a task.

Prints medians in milliseconds and sizes in bytes; nothing is asserted. Aims: reading at most 100 ms, a completed
task with load and save 2–4 ms. Times are CPU time of this one thread. Run: python -m benchmarks.processes [--repeat N]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from statistics import median

from panshi.engines.process import (
    OUTCOME,
    Drawing,
    Run,
    StepTable,
    TableStep,
    compile_drawing,
    draw_steps,
    read_drawing,
)
from panshi.engines.process.compiled import built

ROLES = ("applicant.superior", "unit.legal", "unit.finance", "unit.director")


def table(steps: int) -> StepTable:
    """Approvals by four roles in turn, every third with a condition."""
    rows = (
        TableStep(
            id=f"step{number}",
            name=f"第{number}步审批",
            who=ROLES[number % len(ROLES)],
            condition="amount > 100000" if number % 3 == 0 else "",
            days=2,
            overdue="remind",
        )
        for number in range(steps)
    )
    return StepTable("benchmark", "基准流程", tuple(rows))


def timed(action: Callable[[], object], repeat: int) -> float:
    """Median CPU milliseconds."""
    spent = []
    for _ in range(repeat):
        begin = time.thread_time()
        action()
        spent.append(1_000 * (time.thread_time() - begin))
    return median(spent)


def walk(text: str, repeat: int) -> tuple[list[float], list[int]]:
    """Every task of whole runs: load, complete, advance, save, and how large the state became."""
    spent, sizes = [], []
    for _ in range(repeat):
        run = Run.start(text, {"amount": 500_000, OUTCOME: "approved"})
        run.advance()
        state = run.save()
        while True:
            begin = time.thread_time()
            run = Run.load(text, state)
            if not run.waiting:
                break
            run.complete(run.waiting[0].id, {OUTCOME: "approved"})
            run.advance()
            state = run.save()
            spent.append(1_000 * (time.thread_time() - begin))
            sizes.append(len(state.encode()))
    return spent, sizes


def definition(nodes: int) -> tuple[bytes, Drawing]:
    """The smallest step table with at least so many nodes."""
    steps = 1
    while True:
        xml = draw_steps(table(steps))
        drawing = read_drawing(xml)
        if len(drawing.nodes) >= nodes:
            return xml, drawing
        steps += 1


def fresh(text: str) -> object:
    """Build the engine's tasks anew, as a process does once for each version."""
    built.cache_clear()
    return built(text)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=20)
    repeat = parser.parse_args().repeat
    for nodes in (10, 60, 200):
        xml, drawing = definition(nodes)
        text = compile_drawing(drawing)
        spent, sizes = walk(text, max(2, repeat // 5))
        print(
            f"{len(drawing.nodes):4} nodes: read {timed(lambda xml=xml: read_drawing(xml), repeat):7.2f} ms"
            f"   build once {timed(lambda text=text: fresh(text), repeat):6.2f} ms"
            f"   load+complete+advance+save {median(spent):6.2f} ms"
            f" (worst {max(spent):6.2f})   state {median(sizes):7.0f} B (largest {max(sizes)})"
            f"   definition {len(text.encode())} B, file {len(xml)} B"
        )
    print(json.dumps({"repeat": repeat}))


if __name__ == "__main__":
    main()
