"""Telephone numbers reduced to what makes two of them the same: Chinese mobile, landline and service numbers."""

import re
import unicodedata
from typing import Final

KEY_LENGTH: Final = 20
_EXTENSION: Final = re.compile(r"(?:转|分机|ext\.?|x|#).*", re.IGNORECASE)
_HYPHEN_EXTENSION: Final = re.compile(r"^(.*\d{7,8})\s*-\s*\d{1,6}$")
_BREAK: Final = re.compile(r"[/,;、，；|\n]")


def phone_key(text: str) -> str:
    """The digits that identify a number: no country code 86, no extension, a landline with its leading 0.

    The first of several numbers counts. Fewer than seven digits identify nobody and give "".
    """
    if text.isdecimal() and text.isascii() and len(text) == 11:
        return text
    plain = unicodedata.normalize("NFKC", text)
    first = _EXTENSION.sub("", _BREAK.split(plain.strip(), maxsplit=1)[0]).strip()
    if found := _HYPHEN_EXTENSION.match(first):
        first = found[1]
    digits = re.sub(r"[^0-9]", "", first)
    international = first.startswith("+") or digits.startswith("00")
    if international:
        digits = digits.removeprefix("00")
    if digits.startswith("86") and (international or len(digits) > 11):
        digits = _national(digits[2:])
    return digits[:KEY_LENGTH] if len(digits) >= 7 else ""


def _national(digits: str) -> str:
    """A number after +86: mobiles and 400/800 stay, area codes get their 0 back."""
    mobile = len(digits) == 11 and digits[0] == "1"
    service = len(digits) == 10 and digits[:3] in {"400", "800"}
    return digits if mobile or service or digits.startswith("0") else f"0{digits}"
