"""Names and words: the glossary's terms, no drawers for everything, nothing that names a machine or a registry."""

import ast
import importlib
import re

from panshi.ground.audit import kinds
from tests.house.sources import TEXT, dotted, files, module, name, product, tree

DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "stuff", "tools"}
VAGUE = re.compile(r"(Manager|Handler|Processor|Helper|Util|Utils)$")
HOSTS = re.compile(r"pypi[.]org/simple|registry[.]npmjs|pythonhosted[.]org|--index[-]url")
MACHINES = re.compile(r"(?<![\w.])/(?:wo[r]k/|ro[o]t/|ho[m]e/\w)")
"""Written so that they do not find themselves."""

PAST = re.compile(
    r"(ed|given|sent|set|reset|in|out|made|lost|won|left|begun|put|taken|run|kept|drawn|written|chosen|away)$"
)


def test_no_drawers_for_everything() -> None:
    found = [
        name(path) for path in files() if {part.lower() for part in (*path.parts[:-1], path.stem)} & DRAWERS
    ]
    assert not [path for path in found if path.startswith(("panshi/", "tests/", "frontend/src/"))]


def test_classes_say_what_they_are() -> None:
    found = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in product()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and VAGUE.search(node.name)
    ]
    assert not found


def test_event_kinds_are_past_facts_of_their_domain() -> None:
    for path in product():
        if path.stem == "events":
            importlib.import_module(module(path))
    assert len(kinds.all_kinds()) > 20
    for kind in kinds.all_kinds().values():
        if kind.name.startswith("tests."):  # declared by another test of the same process
            continue
        domain, _dot, fact = kind.name.partition(".")
        assert re.fullmatch(r"[a-z]+", domain), kind.name
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", fact), kind.name
        assert PAST.search(fact), f"{kind.name} is no past participle"


def test_event_kinds_live_beside_the_models_of_their_domain() -> None:
    for path in product():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and dotted(node.func) == "EventKind" and node.args:
                domain = ast.literal_eval(node.args[0]).partition(".")[0]
                assert path.stem == "events", f"{name(path)}:{node.lineno}"
                assert path.parent.name == domain, f"{name(path)}:{node.lineno}"


def test_no_committed_file_names_a_registry_or_a_machine() -> None:
    found = []
    for path in files():
        if path.suffix in TEXT or path.name in {"Makefile", "Dockerfile", ".npmrc", "run"}:
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [
                f"{name(path)}: {match.group()}"
                for pattern in (HOSTS, MACHINES)
                for match in pattern.finditer(text)
            ]
    assert not found
