"""`panshi messages`: gathers the sentences of the product, compiles the translations, and says what is missing.

The Chinese sentence is the message id everywhere (Python, Jinja2, TypeScript), so only other languages have catalogues.
"""

import argparse
import fcntl
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parent.parent.parent
JINJA_OPTIONS: Final = {
    "trimmed": "true",
    "newstyle_gettext": "true",
    "extensions": "jinja2.ext.i18n,jinja2.ext.do",
}
SOURCES: Final[tuple[tuple[str, str, str, dict[str, str]], ...]] = (
    ("panshi", "**/*.py", "python", {}),
    ("panshi/web/templates", "**/*.html", "jinja2.ext:babel_extract", JINJA_OPTIONS),
    ("panshi/web/templates", "**/*.txt", "jinja2.ext:babel_extract", JINJA_OPTIONS),
    ("frontend/src", "**/*.ts", "javascript", {"parse_template_string": "False"}),
)
KEYWORDS: Final[dict[str, tuple[int | tuple[int, str], ...] | None]] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "t": None,
}
CHANGING: Final = re.compile(
    rb'"(POT-Creation-Date|PO-Revision-Date|Generated-By|Report-Msgid-Bugs-To|Last-Translator|Language-Team): .*\n'
)
PLACEHOLDER: Final = re.compile(r"%\(\w+\)[sd]|\{\w+\}|(?<!%)%[sd]")
LONE_PERCENT: Final = re.compile(r"(?<!%)(?:%%)*%(?![%(sd])")
"""Templates format every sentence, so a per cent sign of theirs is written twice; one alone breaks the page."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("action", choices=("update", "compile", "check", "missing"))
    parser.add_argument(
        "--with",
        dest="translated",
        type=Path,
        metavar="FILE.po",
        help="update: take translations from this file too",
    )
    parser.add_argument("--language", default="en", help="update, missing: which catalogue (en)")


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked; `check` returns 1 when a translation is missing, doubtful or has other placeholders."""
    if arguments.action == "compile":
        compile_catalogues(ROOT)
        return 0
    if arguments.action == "check":
        return _report(problems(ROOT))
    path = catalogue_path(ROOT, arguments.language)
    with _alone(path):
        catalogue = updated(ROOT, arguments.language, arguments.translated)
        if arguments.action == "missing":
            write_po(sys.stdout.buffer, _untranslated(catalogue), width=120, omit_header=True)
            return 0
        store(catalogue, path)
    print(
        f"{sum(1 for message in _messages(catalogue) if not _complete(message))} messages left to translate"
    )
    return 0


def extracted(root: Path) -> Catalog:
    """Every message of the tree at `root` with the files it stands in."""
    found = Catalog(charset="utf-8")
    for folder, pattern, method, options in SOURCES:
        for path in sorted((root / folder).glob(pattern)):
            place = path.relative_to(root).as_posix()
            for _line, words, _comments, context in extract_from_file(
                method, path, keywords=KEYWORDS, comment_tags=(), options=options
            ):
                found.add(words, locations=[(place, 0)], context=context)
    return found


def updated(root: Path, language: str, translated: Path | None = None) -> Catalog:
    """The catalogue of a language brought up to today's messages; sentences no longer used are dropped."""
    catalogue = _read(catalogue_path(root, language), language)
    catalogue.update(extracted(root), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    if translated is not None:
        for message in _messages(_read(translated, language)):
            known = catalogue.get(message.id, message.context)
            if known is not None and any(_strings(message)):
                known.string = message.string
                known.flags.discard("fuzzy")
    return catalogue


def compile_catalogues(root: Path) -> None:
    """Write the binary catalogues that the running product reads."""
    for source in _catalogues(root):
        compiled = BytesIO()
        write_mo(compiled, _read(source, source.parent.parent.name))
        _replace(source.with_suffix(".mo"), compiled.getvalue())


def problems(root: Path) -> Iterator[str]:
    """What keeps a translation from being complete, one sentence each."""
    present = extracted(root)
    for source in _catalogues(root):
        language = source.parent.parent.name
        catalogue = _read(source, language)
        for message in _messages(present):
            translation = catalogue.get(message.id, message.context)
            if translation is None or not _complete(translation):
                yield f"{language}: not translated: {_first(message)!r} ({message.locations[0][0]})"
            elif different := _other_placeholders(translation):
                yield f"{language}: placeholders differ: {_first(message)!r} ({different})"
            elif _of_template(message) and any(LONE_PERCENT.search(text) for text in _strings(translation)):
                yield f"{language}: write %% for a per cent sign: {_first(message)!r}"


def _messages(catalogue: Catalog) -> Iterator[Message]:
    """The messages without the catalogue's header."""
    return (message for message in catalogue if message.id)


def _strings(message: Message) -> tuple[str, ...]:
    forms = message.string if isinstance(message.string, tuple | list) else [message.string]
    return tuple(str(form or "") for form in forms)


def _first(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple | list) else message.id


def _complete(message: Message) -> bool:
    return all(_strings(message)) and not message.fuzzy


def _of_template(message: Message) -> bool:
    return any(Path(place).suffix in {".html", ".txt"} for place, _line in message.locations)


def _other_placeholders(message: Message) -> str:
    """The placeholders that stand in only one of message and translation, "" when they agree."""
    wanted = set(PLACEHOLDER.findall(_first(message)))
    different: set[str] = set()
    for string in _strings(message):
        different |= wanted ^ set(PLACEHOLDER.findall(string))
    return ", ".join(sorted(different))


def _untranslated(catalogue: Catalog) -> Catalog:
    left = Catalog(locale=catalogue.locale, charset="utf-8")
    for message in _messages(catalogue):
        if not _complete(message):
            left.add(message.id, locations=message.locations, context=message.context)
    return left


def catalogue_path(root: Path, language: str) -> Path:
    """Where a language's catalogue is kept."""
    return root / "panshi" / "locale" / language / "LC_MESSAGES" / "django.po"


def _catalogues(root: Path) -> list[Path]:
    return sorted((root / "panshi" / "locale").glob("*/LC_MESSAGES/django.po"))


def _read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language, project="Panshi", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def store(catalogue: Catalog, path: Path) -> None:
    """Write without dates and line numbers, so that a change of one sentence changes one place of the file."""
    written = BytesIO()
    catalogue.fuzzy = False
    catalogue.header_comment = "# Words of Panshi."
    write_po(written, catalogue, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, CHANGING.sub(b"", written.getvalue()))


def _replace(path: Path, content: bytes) -> None:
    """Write a file in one step: a reader sees the old or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One writer at a time for a catalogue."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with (path.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _report(found: Iterator[str]) -> int:
    failed = 0
    for sentence in found:
        print(sentence, file=sys.stderr)
        failed = 1
    return failed
