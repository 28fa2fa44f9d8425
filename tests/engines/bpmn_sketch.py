"""Writes small BPMN files for tests, as bare as a file can be: nodes, arrows, nothing else."""

from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

TAGS = {
    "start": "startEvent",
    "end": "endEvent",
    "user": "userTask",
    "service": "serviceTask",
    "exclusive": "exclusiveGateway",
    "parallel": "parallelGateway",
    "inclusive": "inclusiveGateway",
    "timer": "intermediateCatchEvent",
    "deadline": "boundaryEvent",
    "subprocess": "subProcess",
}
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:p="urn:panshi:bpmn:1" '
    'targetNamespace="urn:test">'
)


class Sketch:
    """A process under construction; `parent` puts a node into a sub-process."""

    def __init__(self) -> None:
        self.inside: dict[str, list[str]] = {"": []}
        self.attributes: dict[str, tuple[str, str, str]] = {}
        self.arrows: list[tuple[str, str, str]] = []
        self.scope: dict[str, str] = {}

    def node(self, kind: str, node_id: str, parent: str = "", inner: str = "", **attributes: str) -> str:
        """Add a node; attributes with `p_` in front are ours."""
        if kind == "user":
            attributes.setdefault("p_role", "somebody")
        if kind == "service":
            attributes.setdefault("p_action", "act")
        if kind in ("timer", "deadline") and not inner:
            inner = "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>"
        words = " ".join(f"{key.replace('p_', 'p:')}={quoteattr(value)}" for key, value in attributes.items())
        self.attributes[node_id] = (TAGS[kind], words, inner)
        self.inside.setdefault(parent, []).append(node_id)
        self.inside.setdefault(node_id, [])
        self.scope[node_id] = parent
        return node_id

    def arrow(self, source: str, target: str, condition: str = "") -> str:
        """Add an arrow."""
        self.arrows.append((source, target, condition))
        return f"f{len(self.arrows)}"

    def chain(self, *nodes: str) -> None:
        """Arrows from each to the next."""
        for source, target in pairwise(nodes):
            self.arrow(source, target)

    def _scope_xml(self, scope: str) -> str:
        parts = []
        for node_id in self.inside[scope]:
            tag, words, inner = self.attributes[node_id]
            parts.append(f"<{tag} id={quoteattr(node_id)} {words}>{inner}{self._scope_xml(node_id)}</{tag}>")
        for number, (source, target, condition) in enumerate(self.arrows, 1):
            if self.scope.get(source, "") == scope:
                test = f"<conditionExpression>{escape(condition)}</conditionExpression>" if condition else ""
                parts.append(
                    f'<sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">{test}</sequenceFlow>'
                )
        return "".join(parts)

    def xml(self, extra: str = "") -> bytes:
        """The file."""
        return f'{HEAD}<process id="p" name="P">{extra}{self._scope_xml("")}</process></definitions>'.encode()
