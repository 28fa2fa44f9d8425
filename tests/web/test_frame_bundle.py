"""What a page loads first, measured on the built files: at most 160 KB compressed, charts aside."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

ROOT = Path(__file__).parents[2]
DIST = ROOT / "panshi" / "web" / "static" / "dist"
LIMIT = 160 * 1024
CHARTS = {"src/islands/chart.ts"}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    """What the build made (`python frontend/build.py`)."""
    content: dict[str, Any] = json.loads((DIST / "manifest.json").read_text())
    return content


def files_of(manifest: dict[str, Any], entry: str) -> set[str]:
    """An entry's own file, its styles and everything it imports at once."""
    made = manifest[entry]
    found = {made["file"], *made.get("css", ())}
    for imported in made.get("imports", ()):
        if imported != "src/main.ts":
            found |= files_of(manifest, imported)
    return found


def compressed(files: set[str]) -> int:
    return sum(len(gzip.compress((DIST / file).read_bytes())) for file in files)


def test_a_page_with_every_island_but_charts_stays_small(manifest: dict[str, Any]) -> None:
    entries = {name for name in manifest if name.startswith("src/islands/")} - CHARTS
    files = files_of(manifest, "src/main.ts") | {manifest["src/generated/icons.svg"]["file"]}
    for entry in entries:
        files |= files_of(manifest, entry)
    assert entries
    assert compressed(files) <= LIMIT


def test_nothing_in_the_bundle_calls_another_host(manifest: dict[str, Any]) -> None:
    own = files_of(manifest, "src/main.ts")
    for file in own:
        text = (DIST / file).read_text(encoding="utf-8")
        assert not re.findall(r"""(?:url\(|@import\s+|src=|fetch\()\s*["']?https?://""", text), file


def test_every_text_file_has_a_compressed_copy_for_the_server(manifest: dict[str, Any]) -> None:
    for entry in manifest.values():
        assert (DIST / f"{entry['file']}.br").exists()
        assert (DIST / f"{entry['file']}.gz").exists()


def test_built_files_are_sent_compressed_and_kept_for_ever(manifest: dict[str, Any]) -> None:
    answer = Client().get(f"/static/{manifest['src/main.ts']['file']}", headers={"accept-encoding": "br"})
    assert answer.status_code == 200
    assert answer["Content-Encoding"] == "br"
    assert "immutable" in answer["Cache-Control"]


def test_the_sprite_holds_every_icon_that_is_named() -> None:
    sprite = next(DIST.glob("assets/icons-*.svg")).read_text()
    known = set(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite))
    named: set[str] = set()
    for path in (ROOT / "panshi" / "web" / "templates").rglob("*.html"):
        named |= set(re.findall(r'icon\("([a-z0-9-]+)"', path.read_text(encoding="utf-8")))
    assert named
    assert named <= known
