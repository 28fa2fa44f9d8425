"""Random valid processes, walked at random, never end in an error or get stuck, saved and restored at every step."""

from collections.abc import Callable
from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panshi.engines.process import CannotSendBack, Run, Waiting, compile_drawing, read_drawing
from tests.engines.bpmn_sketch import Sketch

Block = tuple[object, ...]
NAMES = ("v0", "v1", "v2")

LEAVES = st.sampled_from([("user",), ("user",), ("user",), ("service",), ("timer",)])


def _wider(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    some = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        some.map(lambda blocks: ("sequence", blocks)),
        st.tuples(st.just("choice"), some, st.booleans()),
        some.map(lambda blocks: ("parallel", blocks)),
        some.map(lambda blocks: ("inclusive", blocks)),
        inner.map(lambda block: ("loop", block)),
        inner.map(lambda block: ("block", block)),
        st.tuples(st.just("deadline"), inner, inner, st.booleans()),
    )


BLOCKS = st.recursive(LEAVES, _wider, max_leaves=12)


class Drawer:
    """Draws a block: `draw` gives its first and last node."""

    def __init__(self) -> None:
        self.sketch = Sketch()
        self.numbers = count(1)

    def new(self, kind: str, parent: str, **attributes: str) -> str:
        return self.sketch.node(kind, f"{kind[0]}{next(self.numbers)}", parent, **attributes)

    def test(self) -> str:
        number = next(self.numbers)
        return f"{NAMES[number % len(NAMES)]} > {number % 4}"

    def draw(self, block: Block, parent: str) -> tuple[str, str]:
        ways: dict[str, Callable[..., tuple[str, str]]] = {
            "sequence": self.sequence,
            "choice": self.choice,
            "parallel": self.parallel,
            "inclusive": self.inclusive,
            "loop": self.loop,
            "block": self.block,
            "deadline": self.deadline,
        }
        kind, *rest = block
        if kind in ways:
            return ways[str(kind)](parent, *rest)
        node = self.new(str(kind), parent)
        return node, node

    def sequence(self, parent: str, blocks: tuple[Block, ...]) -> tuple[str, str]:
        ends = [self.draw(block, parent) for block in blocks]
        for (_, last), (first, _) in pairwise(ends):
            self.sketch.arrow(last, first)
        return ends[0][0], ends[-1][1]

    def _branches(
        self, kind: str, parent: str, blocks: tuple[Block, ...], tested: bool, empty: bool = False
    ) -> tuple[str, str]:
        split, join = self.new(kind, parent), self.new(kind, parent)
        for number, block in enumerate(blocks):
            first, last = self.draw(block, parent)
            last_one = number == len(blocks) - 1 and not empty
            self.sketch.arrow(split, first, self.test() if tested and not last_one else "")
            self.sketch.arrow(last, join)
        if empty:
            self.sketch.arrow(split, join)
        return split, join

    def choice(self, parent: str, blocks: tuple[Block, ...], empty: bool) -> tuple[str, str]:
        return self._branches("exclusive", parent, blocks, tested=True, empty=empty)

    def parallel(self, parent: str, blocks: tuple[Block, ...]) -> tuple[str, str]:
        return self._branches("parallel", parent, blocks, tested=False)

    def inclusive(self, parent: str, blocks: tuple[Block, ...]) -> tuple[str, str]:
        return self._branches("inclusive", parent, blocks, tested=True)

    def loop(self, parent: str, block: Block) -> tuple[str, str]:
        merge, again = self.new("exclusive", parent), self.new("exclusive", parent)
        person = self.new("user", parent)
        first, last = self.draw(block, parent)
        self.sketch.chain(merge, person, first)
        self.sketch.arrow(last, again)
        self.sketch.arrow(again, merge, self.test())
        after = self.new("exclusive", parent)
        self.sketch.arrow(again, after)
        return merge, after

    def block(self, parent: str, block: Block) -> tuple[str, str]:
        node = self.new("subprocess", parent)
        self.fill(node, block)
        return node, node

    def fill(self, node: str, block: Block) -> None:
        first, last = self.draw(block, node)
        self.sketch.arrow(self.new("start", node), first)
        self.sketch.arrow(last, self.new("end", node))

    def deadline(self, parent: str, inside: Block, late: Block, interrupting: bool) -> tuple[str, str]:
        host = self.new("subprocess", parent)
        self.fill(host, inside)
        due = self.new(
            "deadline", parent, attachedToRef=host, cancelActivity="true" if interrupting else "false"
        )
        first, last = self.draw(late, parent)
        self.sketch.arrow(due, first)
        merge = self.new("exclusive", parent)
        self.sketch.arrow(host, merge)
        self.sketch.arrow(last, merge if interrupting else self.new("end", parent))
        return host, merge


def compiled(block: Block) -> str:
    drawer = Drawer()
    drawer.fill("", block)
    return compile_drawing(read_drawing(drawer.sketch.xml()))


def saved(text: str, run: Run) -> Run:
    """The run as it comes back from its state, which loses nothing."""
    again = Run.load(text, run.save())
    assert again.waiting == run.waiting
    assert again.states() == run.states()
    assert again.ended == run.ended
    return again


def go_on(run: Run, place: Waiting, values: dict[str, int]) -> None:
    if place.kind in ("user", "service"):
        run.complete(place.id, values)
    else:
        run.fire(place.id)


def check(run: Run) -> None:
    ids = [place.id for place in run.waiting]
    assert len(ids) == len(set(ids))
    states = run.states()
    assert all(states[place.node] == "current" for place in run.waiting if place.kind != "deadline")
    assert run.ended == (not run.waiting)


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(block=BLOCKS, data=st.data())
def test_a_random_walk_through_a_random_process_comes_to_its_end(block: Block, data: st.DataObject) -> None:
    text = compiled(block)
    run = Run.start(text, dict.fromkeys(NAMES, 0))
    run.advance()
    values = st.fixed_dictionaries(dict.fromkeys(NAMES, st.integers(0, 4)))
    for _ in range(data.draw(st.integers(0, 14), label="steps")):
        run = saved(text, run)
        check(run)
        if run.ended:
            break
        place = data.draw(st.sampled_from(run.waiting), label="place")
        back = run.can_send_back(place.id) if place.kind != "deadline" else ()
        if back and data.draw(st.booleans(), label="back"):
            target = data.draw(st.sampled_from(back), label="to")
            run.send_back(target, place.id)
            step = run.advance()
            assert target in {entered.node for entered in step.entered}
        else:
            go_on(run, place, data.draw(values, label="values"))
            run.advance()
    for _ in range(200):
        run = saved(text, run)
        check(run)
        if run.ended:
            break
        wanted = [place for place in run.waiting if place.kind != "deadline"]
        go_on(run, wanted[0], dict.fromkeys(NAMES, 0))
        run.advance()
    assert run.ended
    assert run.end_node is not None
    assert "current" not in run.states().values()
    assert "ahead" not in run.states().values()


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(block=BLOCKS, data=st.data())
def test_a_refused_way_back_changes_nothing(block: Block, data: st.DataObject) -> None:
    text = compiled(block)
    run = Run.start(text, dict.fromkeys(NAMES, 3))
    run.advance()
    for _ in range(6):
        people = [place for place in run.waiting if place.kind == "user"]
        if not people:
            break
        place = data.draw(st.sampled_from(people))
        allowed = run.can_send_back(place.id)
        before = run.save()
        for node in [node for node, state in run.states().items() if node not in allowed and state]:
            with pytest.raises(CannotSendBack):
                run.send_back(node, place.id)
        assert run.save() == before
        run.complete(place.id, {})
        run.advance()
