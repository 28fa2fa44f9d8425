"""THIRD_PARTY_NOTICES: what we build on, under which licence, and that each of them is one we accept.

`python -m tests.house.notices` writes the file anew after the requirements changed; a house test compares.
Python packages are installed beside Panshi and bring their own texts; what the front end bundles into our own files
is printed with its full text, as those licences ask.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
NOTICES = ROOT / "THIRD_PARTY_NOTICES"

ALLOWED = frozenset(
    {
        *("MIT", "MIT-0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "MPL-2.0"),
        *(
            "PSF-2.0",
            "Zlib",
            "CC0-1.0",
            "OFL-1.1",
            "MIT-CMU",
            "LGPL-3.0-only",
            "LGPL-2.1-or-later",
            "Unlicense",
        ),
        "bpmn.io",  # MIT, and the mark that links to bpmn.io stays visible on every diagram (architecture: diagrams)
    }
)
"""Permissive ones, MPL-2.0, OFL for fonts; LGPL for libraries that are installed unmodified."""

_NAMED = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "BSD": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "PSFL": "PSF-2.0",
    "LGPL": "LGPL-2.1-or-later",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
}
"""Older ways of naming a licence, in the words of the SPDX list."""

_READ = {
    "huey": "MIT",  # its metadata are silent; the licence file is the MIT text
    "fido2": "BSD-2-Clause AND MPL-2.0 AND Apache-2.0",  # the parts it took over keep theirs
    "qrcode": "BSD-3-Clause AND MIT",  # "other" in its metadata is the MIT text of its ancestor
    "zen-engine": "MIT",  # its metadata are silent; the licence file is the MIT text
    "spiffworkflow": "LGPL-3.0-only",  # "lGPLv3" in its metadata; its COPYING is version 3
    "pylopdf-fonts-zh-cn": "OFL-1.1",  # the whole text stands where the name should
    "colorama": "BSD-3-Clause",  # installed on Windows only
    "async-timeout": "Apache-2.0",  # installed on Pythons before 3.11.3 only
}
"""What we read ourselves where the metadata do not say it."""


_BUNDLED = {"bpmn-js": "bpmn.io"}
"""Packages of the front end that point to their licence file instead of naming it."""

_STANDARD = {
    "Apache-2.0": "Copyright {holder}\n\nThe text of the Apache License 2.0 stands in LICENSE beside this file.",
    "MIT": """Copyright (c) {holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.""",
}
"""For packages that name their licence and leave its text out."""


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """One thing we build on; `text` is printed where we distribute it ourselves."""

    name: str
    licence: str
    text: str = ""


def python_parts() -> Iterator[Part]:
    """Each distribution that running Panshi needs, on any platform."""
    names = {
        Requirement(line.split(" \\")[0]).name.lower()
        for line in (ROOT / "requirements/run.txt").read_text(encoding="utf-8").splitlines()
        if re.match(r"[A-Za-z0-9]", line)
    }
    return (Part(name, _python_licence(name)) for name in sorted(names))


def _python_licence(name: str) -> str:
    """The licence of a distribution as an SPDX expression; "" where nothing says it."""
    if name in _READ:
        return _READ[name]
    try:
        stated = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    if expression := stated.get("License-Expression"):
        return str(expression)
    short = (stated.get("License") or "").strip()
    if short in ALLOWED or short in _NAMED:
        return _NAMED.get(short, short)
    classifiers = [
        line.split(" :: ")[-1] for line in stated.get_all("Classifier") or () if line.startswith("License ::")
    ]
    return " AND ".join(_NAMED.get(each, each) for each in classifiers)


def bundled_parts() -> Iterator[Part]:
    """Each package whose code or images the front-end build puts into our files."""
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text(encoding="utf-8"))
    for path, entry in sorted(lock["packages"].items()):
        if path and not entry.get("dev"):
            folder = ROOT / "frontend" / path
            name = path.removeprefix("node_modules/")
            licence = _BUNDLED.get(name, entry["license"])
            yield Part(name, licence, _text(folder, licence))


def _text(folder: Path, licence: str) -> str:
    """The licence as the package brings it, with its notice; the standard text where it brings none."""
    if not folder.exists():
        return ""
    found = sorted(
        file for file in folder.glob("*") if file.stem.upper() in {"LICENSE", "LICENCE", "NOTICE", "COPYING"}
    )
    if found:
        return "\n".join(file.read_text(encoding="utf-8").strip() for file in found)
    return _STANDARD[licence].format(holder=_holder(folder))


def _holder(folder: Path) -> str:
    """Who wrote a package, in the package's own words."""
    described = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    author = described.get("author") or described.get("contributors", [""])[0] or described["name"]
    return str(author["name"] if isinstance(author, dict) else author)


def licences(expression: str) -> set[str]:
    """The licences an expression names, those that bind us: of alternatives the first we accept."""
    bound: set[str] = set()
    for group in re.split(r"\s+AND\s+", expression.strip("()")):
        choices = re.split(r"\s+OR\s+", group.strip("()"))
        bound.add(next((choice for choice in choices if choice in ALLOWED), choices[0]))
    return bound


def notices() -> str:
    """The whole file."""
    python, bundled = list(python_parts()), list(bundled_parts())
    wide = max(len(part.name) for part in (*python, *bundled)) + 2
    lines = [
        "What Panshi builds on",
        "",
        "Installed beside Panshi, unmodified; each package brings its own licence text.",
        "",
        *(f"{part.name:{wide}}{part.licence}" for part in python),
        "",
        "Bundled into Panshi's own scripts and styles; the texts follow.",
        "",
        *(f"{part.name:{wide}}{part.licence}" for part in bundled),
    ]
    for part in bundled:
        lines += [
            "",
            "-" * 78,
            f"{part.name} ({part.licence})",
            "",
            part.text,
        ]
    return "\n".join(line.rstrip() for line in "\n".join(lines).splitlines()) + "\n"


if __name__ == "__main__":
    NOTICES.write_text(notices(), encoding="utf-8")
