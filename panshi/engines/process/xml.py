"""Opens a BPMN file safely: no document types, no entities, bounded in bytes, depth and number of elements."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from .types import NAMESPACE, BadDrawing, Problem

MODEL: Final = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
OURS: Final = f"{{{NAMESPACE}}}"

MOST_BYTES: Final = 2_000_000
MOST_DEPTH: Final = 40
MOST_ELEMENTS: Final = 50_000
MOST_NAME: Final = 120
"""Characters of a name that are kept: names stand in lists and stories, a longer one says no more there."""


class _TooLarge(Exception):
    """The file goes beyond a bound; the reading stops at once."""


class _Bounded(TreeBuilder):
    """Builds the tree and counts."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._elements = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        """One element more, one level deeper."""
        self._depth += 1
        self._elements += 1
        if self._depth > MOST_DEPTH:
            raise _TooLarge("too_deep")
        if self._elements > MOST_ELEMENTS:
            raise _TooLarge("too_large")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        """One level up again."""
        self._depth -= 1
        return super().end(tag)


def open_xml(xml: bytes) -> Element:
    """The root `definitions`. Raises BadDrawing (file.too_large, .too_deep, .unsafe, .not_xml, .not_bpmn)."""
    if len(xml) > MOST_BYTES:
        raise _bad("file.too_large")
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(xml)
        root = parser.close()
    except _TooLarge as error:
        raise _bad(f"file.{error}") from None
    except DefusedXmlException:
        raise _bad("file.unsafe") from None
    except ParseError as error:
        line, column = error.position
        raise _bad("file.not_xml", line=str(line), column=str(column + 1)) from None
    except (ValueError, LookupError):
        raise _bad("file.not_xml") from None
    if not isinstance(root, Element) or root.tag != f"{MODEL}definitions":
        raise _bad("file.not_bpmn")
    return root


def _bad(code: str, **params: str) -> BadDrawing:
    return BadDrawing((Problem("", "", code, params),))


def settings_of(element: Element) -> dict[str, str]:
    """Our properties of an element: its attributes in our namespace, and `setting` children of its extensions.

    Everything of other namespaces is left alone.
    """
    found = {
        name.removeprefix(OURS): value.strip()
        for name, value in element.attrib.items()
        if name.startswith(OURS)
    }
    for extensions in element.findall(f"{MODEL}extensionElements"):
        for setting in extensions.iter(f"{OURS}setting"):
            name = setting.get("name", "").strip()
            if name:
                found[name] = (setting.get("value") or setting.text or "").strip()
    return found


def text_of(element: Element | None) -> str:
    """The text of an element, stripped; empty when there is none."""
    return (element.text or "").strip() if element is not None else ""


def name_of(element: Element) -> str:
    """The name as one line, cut where it is too long."""
    return " ".join(element.get("name", "").split())[:MOST_NAME]


def kind_of(element: Element) -> str:
    """The tag without the model's namespace; empty for elements of other namespaces."""
    return element.tag.removeprefix(MODEL) if element.tag.startswith(MODEL) else ""
