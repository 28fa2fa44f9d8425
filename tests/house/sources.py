"""The repository as these tests read it: committed and new files, parsed modules, the order of the floors."""

import ast
import configparser
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = {
    ".py",
    ".pyi",
    ".html",
    ".ts",
    ".css",
    ".scss",
    ".md",
    ".toml",
    ".txt",
    ".cfg",
    ".json",
    ".yaml",
    ".yml",
    ".po",
}


@cache
def files() -> tuple[Path, ...]:
    """Everything that is or would be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return tuple(sorted(path for name in set(listed) if (path := ROOT / name).is_file()))


def under(folder: str, *suffixes: str) -> Iterator[Path]:
    """Files below a folder with one of the endings."""
    base = ROOT / folder
    return (path for path in files() if path.is_relative_to(base) and path.suffix in suffixes)


def product() -> Iterator[Path]:
    """Our Python modules, without migrations."""
    return (path for path in under("panshi", ".py") if "migrations" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    """A parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name(path: Path) -> str:
    """How a file is called in a message."""
    return path.relative_to(ROOT).as_posix()


def module(path: Path) -> str:
    """The dotted name of a module's file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a module, nested ones too."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an expression, the called name of a call, "" otherwise."""
    if isinstance(node, ast.Call):
        return dotted(node.func)
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return node.id if isinstance(node, ast.Name) else ""


@cache
def ranks() -> dict[str, tuple[int, int]]:
    """Package → (floor, place in its floor), higher is nearer the roof, from the import-linter contract."""
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")

    def layers(contract: str) -> list[list[str]]:
        lines = contracts[f"importlinter:contract:{contract}"]["layers"].strip().splitlines()
        return [[room.strip().strip("()") for room in re.split(r"[|:]", line)] for line in reversed(lines)]

    found: dict[str, tuple[int, int]] = {}
    for floor, rooms in enumerate(layers("floors")):
        for room in rooms:
            found[f"panshi.{room}"] = (floor, 0)
    for floor_name in ("domains", "ground"):
        floor = found[f"panshi.{floor_name}"][0]
        for place, rooms in enumerate(layers(floor_name)):
            for room in rooms:
                found[f"panshi.{floor_name}.{room}"] = (floor, place)
    return found


def room(dotted_name: str) -> str:
    """The room (or floor) of the contract a module belongs to."""
    inside = [package for package in ranks() if f"{dotted_name}.".startswith(f"{package}.")]
    return max(inside, key=len)
