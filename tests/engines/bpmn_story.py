"""A run that is saved and restored before everything that happens to it, and the processes most tests tell."""

from collections.abc import Mapping

import pytest

from panshi.engines.process import CannotSendBack, Drawing, Plain, Run, Step, compile_drawing, read_drawing
from tests.engines.bpmn_sketch import Sketch


class Story:
    """A run that is saved and restored before everything that happens to it."""

    def __init__(self, sketch: Sketch | Drawing, values: Mapping[str, Plain] | None = None) -> None:
        drawing = sketch if isinstance(sketch, Drawing) else read_drawing(sketch.xml())
        self.text = compile_drawing(drawing)
        run = Run.start(self.text, values or {})
        self.state = run.save()
        self.advance()

    @property
    def run(self) -> Run:
        return Run.load(self.text, self.state)

    @property
    def at(self) -> list[str]:
        return sorted(place.node for place in self.run.waiting)

    def id(self, node: str) -> str:
        return next(place.id for place in self.run.waiting if place.node == node)

    def _keep(self, run: Run) -> Step:
        self.state = run.save()
        return self.advance()

    def advance(self) -> Step:
        run = self.run
        step = run.advance()
        self.state = run.save()
        return step

    def done(self, *nodes: str, **values: Plain) -> Step:
        for node in nodes:
            run = self.run
            run.complete(self.id(node), values)
            step = self._keep(run)
        return step

    def due(self, node: str) -> Step:
        run = self.run
        run.fire(self.id(node))
        return self._keep(run)

    def back(self, source: str, target: str) -> Step:
        run = self.run
        run.send_back(target, self.id(source))
        return self._keep(run)

    def can_go_back(self, node: str) -> tuple[str, ...]:
        return self.run.can_send_back(self.id(node))

    def cannot_go_back(self, source: str, target: str) -> str:
        run, before = self.run, self.state
        with pytest.raises(CannotSendBack) as refusal:
            run.send_back(target, self.id(source))
        assert run.save() == before
        return refusal.value.code

    def in_state(self, state: str) -> set[str]:
        return {node for node, found in self.run.states().items() if found == state}


def people(*names: str) -> Sketch:
    sketch = Sketch()
    sketch.node("start", "s")
    sketch.node("end", "e")
    for name in names:
        sketch.node("user", name)
    return sketch


def choosing() -> Sketch:
    """a, then b if the amount is large, then c."""
    sketch = people("a", "b", "c")
    sketch.node("exclusive", "g")
    sketch.chain("s", "a", "g", "c", "e")
    sketch.arrow("g", "b", "amount > 100")
    sketch.arrow("b", "c")
    return sketch


def parallel() -> Sketch:
    sketch = people("a", "b", "b2", "c", "d")
    sketch.node("parallel", "fork")
    sketch.node("parallel", "join")
    sketch.chain("s", "a", "fork", "b", "b2", "join", "d", "e")
    sketch.chain("fork", "c", "join")
    return sketch


def nested() -> Sketch:
    """A sub-process of two with a deadline that ends it, and one person before and after."""
    sketch = people("a", "d", "late")
    sketch.node("subprocess", "sub")
    for kind, node in (("start", "s1"), ("user", "b"), ("user", "c"), ("end", "e1")):
        sketch.node(kind, node, "sub")
    sketch.node("deadline", "due", attachedToRef="sub")
    sketch.chain("s1", "b", "c", "e1")
    sketch.chain("s", "a", "sub", "d", "e")
    sketch.chain("due", "late", "d")
    return sketch


def looping() -> Sketch:
    sketch = people("a", "b", "c")
    sketch.node("exclusive", "g")
    sketch.chain("s", "a", "b", "g", "c", "e")
    sketch.arrow("g", "a", "again > 0")
    return sketch
