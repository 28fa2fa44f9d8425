"""Names of files as people gave them, made harmless: no path, no control signs, nothing that turns reading round."""

import re
import unicodedata
from typing import Final

LONGEST: Final = 200
_BAD: Final = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')


def clean_name(given: str) -> str:
    """The last part of whatever was given, safe to show and to save on any machine; "" when nothing is left."""
    name = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    name = _BAD.sub("", name).strip(" .") if name.strip(" .") else ""
    if len(name) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 12:
        return name[:LONGEST]
    return f"{stem[: LONGEST - len(ending) - 1]}.{ending}"
