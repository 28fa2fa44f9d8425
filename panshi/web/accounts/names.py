"""Names of coded facts of an account in the language of the page: regions, industries."""

from functools import lru_cache

from django.utils.translation import get_language

from panshi.calc.reference import divisions, industries

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
