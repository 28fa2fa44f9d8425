"""Names of coded facts of an account in the language of the page: regions, industries."""

from collections.abc import Callable
from functools import lru_cache
from itertools import islice

from django.utils.translation import get_language

from panshi.calc.reference import divisions, industries
from panshi.domains.accounts.models import Account
from panshi.ground.base.viewer import Viewer
from panshi.ground.identity.reports import names_of

Named = list[tuple[str, str]]


def _english() -> bool:
    return get_language() == "en"


@lru_cache(maxsize=8192)
def _region(code: str, english: bool) -> str:
    return divisions.label(code, english=english)


def region_name(code: str) -> str:
    """A division as people write it: 江苏 苏州市."""
    return _region(code, _english())


def industry_name(code: str) -> str:
    """An industry by its division or section."""
    return industries.label(code, english=_english())


@lru_cache(maxsize=2)
def _regions(english: bool) -> Named:
    return [
        (code, divisions.label(code, english=english))
        for code in divisions.divisions()
        if code.endswith("00")
    ]


def region_choices() -> Named:
    """Provinces and prefectures to choose from."""
    return _regions(_english())


@lru_cache(maxsize=2)
def _industries(english: bool) -> Named:
    return [(code, industries.label(code, english=english)) for code in industries.industries()]


def industry_choices() -> Named:
    """Sections and divisions to choose from."""
    return _industries(_english())


def region_stem(code: str) -> str:
    """The digits a division shares with everything below it: 420000 → 42, 420100 → 4201."""
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def person_name(key: str) -> str:
    """The name of one of our people by key; the key itself where there is none."""
    return names_of([int(key)]).get(int(key), key) if _is_key(key) else key


def account_naming(viewer: Viewer) -> Callable[[str], str]:
    """Names of accounts by key, only of those the person may see."""

    def name(key: str) -> str:
        rows = Account.objects.visible_to(viewer).filter(pk=key) if _is_key(key) else Account.objects.none()
        return rows.values_list("name", flat=True).first() or key

    return name


def find_regions(typed: str, limit: int) -> Named:
    """The first divisions whose name or code holds what was typed; provinces before anything is."""
    english = _english()
    codes = divisions.divisions()
    if not typed:
        return [(code, divisions.label(code, english=english)) for code in codes if code.endswith("0000")][
            :limit
        ]
    plain = typed.casefold().replace(" ", "")
    found = (
        (code, name)
        for code in codes
        for name in [_region(code, english)]
        if code.startswith(plain) or plain in name.casefold().replace(" ", "")
    )
    return list(islice(found, limit))
