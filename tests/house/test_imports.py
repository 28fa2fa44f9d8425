"""Arrows: import-linter's contracts hold, and imports stand on top of their module."""

import ast
import contextlib
import io
import os

from importlinter.cli import lint_imports

from tests.house.sources import ROOT, name, product, tree


def test_every_arrow_points_down() -> None:
    here = os.getcwd()
    said = io.StringIO()
    try:
        os.chdir(ROOT)
        with contextlib.redirect_stdout(said):
            kept = lint_imports(config_filename=str(ROOT / ".importlinter"), no_cache=False)
    finally:
        os.chdir(here)
    assert kept == 0, said.getvalue()


def test_imports_stand_on_top_except_where_they_are_heavy() -> None:
    """Only engines and the command line import late: what they import takes a second."""
    found = [
        f"{name(path)}:{inner.lineno}"
        for path in product()
        if not {"engines", "cli"} & set(path.parts)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not found


def test_calc_is_pure() -> None:
    impure = {"django", "os", "time", "random", "socket", "subprocess", "urllib", "requests", "sqlite3"}
    found = []
    for path in product():
        if "calc" not in path.parts:
            continue
        for node in ast.walk(tree(path)):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            found += [f"{name(path)}:{node.lineno} {item}" for item in names if item.split(".")[0] in impure]
    assert not found
