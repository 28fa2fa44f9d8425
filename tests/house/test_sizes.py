"""Sizes: what grows too long is split by noun before it is committed."""

import ast

from tests.house.sources import files, functions, name, product, tree, under

MODULE, FUNCTION, TEMPLATE, SCRIPT = 500, 60, 150, 300


def lines(path) -> int:  # type: ignore[no-untyped-def]
    return len(path.read_text(encoding="utf-8").splitlines())


def test_modules_stay_short() -> None:
    long = {
        name(path): lines(path) for path in files() if path.suffix == ".py" and "migrations" not in path.parts
    }
    assert not {path: count for path, count in long.items() if count > MODULE}


def test_functions_stay_short() -> None:
    found = [
        f"{name(path)}:{node.lineno} {node.name} has {length} lines"
        for path in product()
        for node in functions(path)
        if (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION
    ]
    assert not found


def test_templates_stay_short() -> None:
    found = {name(path): lines(path) for path in under("panshi", ".html") if lines(path) > TEMPLATE}
    assert not found


def test_islands_stay_short() -> None:
    found = {name(path): lines(path) for path in under("frontend", ".ts") if lines(path) > SCRIPT}
    assert not found


def test_every_module_says_what_lives_there() -> None:
    silent = [name(path) for path in product() if not ast.get_docstring(tree(path))]
    assert not silent
