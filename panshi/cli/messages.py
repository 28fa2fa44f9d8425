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

PACKAGE: Final = Path(__file__).resolve().parent.parent
ROOT: Final = PACKAGE.parent
LOCALE: Final = PACKAGE / "locale"
JINJA_OPTIONS: Final = {
    "trimmed": "true",
    "newstyle_gettext": "true",
    "extensions": "jinja2.ext.i18n,jinja2.ext.do",
}
SOURCES: Final[tuple[tuple[Path, str, str, dict[str, str]], ...]] = (
    (PACKAGE, "**/*.py", "python", {}),
    (PACKAGE / "web" / "templates", "**/*.html", "jinja2.ext:babel_extract", JINJA_OPTIONS),
    (PACKAGE / "web" / "templates", "**/*.txt", "jinja2.ext:babel_extract", JINJA_OPTIONS),
    (ROOT / "frontend" / "src", "**/*.ts", "javascript", {"parse_template_string": "False"}),
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
PLACEHOLDER: Final = re.compile(r"%\(\w+\)[sd]|\{\w+\}|(?<!%)%[sd]")


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
        return compile_catalogues()
    if arguments.action == "check":
        return _report(problems())
    with _alone(arguments.language):
        catalogue = updated(arguments.language, arguments.translated)
        if arguments.action == "missing":
            write_po(sys.stdout.buffer, _untranslated(catalogue), width=120, omit_header=True)
            return 0
        _store(catalogue, arguments.language)
    print(
        f"{sum(1 for message in _messages(catalogue) if not _complete(message))} messages left to translate"
    )
    return 0


def extracted() -> Catalog:
    """Every message of the product with the files it stands in."""
    found = Catalog(charset="utf-8")
    for folder, pattern, method, options in SOURCES:
        for path in sorted(folder.glob(pattern)):
            place = path.relative_to(ROOT).as_posix()
            for _line, words, _comments, context in extract_from_file(
                method, path, keywords=KEYWORDS, comment_tags=(), options=options
            ):
                found.add(words, locations=[(place, 0)], context=context)
    return found


def updated(language: str, translated: Path | None = None) -> Catalog:
    """The catalogue of a language brought up to today's messages; sentences no longer used are dropped."""
    catalogue = _read(_path(language), language)
    catalogue.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    if translated is not None:
        for message in _messages(_read(translated, language)):
            known = catalogue.get(message.id, message.context)
            if known is not None and any(_strings(message)):
                known.string = message.string
                known.flags.discard("fuzzy")
    return catalogue


def compile_catalogues() -> int:
    """Write the binary catalogues that the running product reads."""
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        compiled = BytesIO()
        write_mo(compiled, _read(source, source.parent.parent.name))
        _replace(source.with_suffix(".mo"), compiled.getvalue())
    return 0


def problems() -> Iterator[str]:
    """What keeps a translation from being complete, one sentence each."""
    present = extracted()
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        language = source.parent.parent.name
        catalogue = _read(source, language)
        for message in _messages(present):
            translation = catalogue.get(message.id, message.context)
            if translation is None or not _complete(translation):
                yield f"{language}: not translated: {_first(message)!r} ({message.locations[0][0]})"
            elif different := _other_placeholders(translation):
                yield f"{language}: placeholders differ: {_first(message)!r} ({different})"


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


def _path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language, project="Panshi", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _store(catalogue: Catalog, language: str) -> None:
    """Write without dates and line numbers, so that a change of one sentence changes one place of the file."""
    written = BytesIO()
    catalogue.fuzzy = False
    catalogue.header_comment = (
        f"# {catalogue.locale.english_name if catalogue.locale else language} words of Panshi."
    )
    write_po(written, catalogue, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
    stable = re.sub(
        rb'"(POT-Creation-Date|PO-Revision-Date|Generated-By|Report-Msgid-Bugs-To): .*\n',
        b"",
        written.getvalue(),
    )
    _path(language).parent.mkdir(parents=True, exist_ok=True)
    _replace(_path(language), stable)


def _replace(path: Path, content: bytes) -> None:
    """Write a file in one step: a reader sees the old or the new one."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(content)
    beside.replace(path)


@contextmanager
def _alone(language: str) -> Iterator[None]:
    """One writer at a time for a catalogue."""
    folder = _path(language).parent
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _report(found: Iterator[str]) -> int:
    failed = 0
    for sentence in found:
        print(sentence, file=sys.stderr)
        failed = 1
    return failed
