"""The colours of both themes against WCAG 2.2: text 4.5 : 1, edges of controls and marks 3 : 1."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "frontend" / "src" / "styles" / "tokens.scss"
PAIR = re.compile(r"--([a-z0-9-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\)")
COLOURS = {name: (light, dark) for name, light, dark in PAIR.findall(TOKENS.read_text())}

GROUNDS = ("paper", "ground", "raised")
TEXT = [(ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent") for ground in GROUNDS]
TEXT += [("good", "paper"), ("warn", "paper"), ("bad", "paper"), ("info", "paper")]
TEXT += [(tone, f"{tone}-2") for tone in ("accent", "good", "warn", "bad", "info")]
TEXT += [
    ("ink", "accent-2"),
    ("ink-2", "line-2"),
    ("ink-3", "accent-2"),
    ("ink", "line-2"),
    ("ink-2", "accent-2"),
]
TEXT += [("on-accent", fill) for fill in ("accent", "accent-strong", "good", "warn", "bad")]
TEXT += [
    ("bad", "accent-2"),
    ("good", "accent-2"),
    ("bad", "ground"),
    ("good", "ground"),
    ("accent", "line-2"),
]
MARKS = [("edge", "paper"), ("accent", "paper"), ("accent", "ground"), ("accent", "raised")]


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour (WCAG 2.2)."""
    parts = (int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_gives_the_published_extremes() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read(text: str, ground: str, theme: int) -> None:
    assert contrast(COLOURS[text][theme], COLOURS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_edges_and_focus_can_be_seen(mark: str, ground: str, theme: int) -> None:
    assert contrast(COLOURS[mark][theme], COLOURS[ground][theme]) >= 3
