"""Primary keys as they come from addresses and forms: digits within the bounds of the column, or nothing."""

from django.http import Http404

LARGEST_KEY = 2**63 - 1


def key_or_none(text: str) -> int | None:
    """The key that a text is, None for anything else."""
    if not text.isascii() or not text.isdecimal() or len(text) > 19:
        return None
    key = int(text)
    return key if 0 < key <= LARGEST_KEY else None


def read_key(text: str) -> int:
    """The key that a text is; 404 for anything else, because no record has it."""
    key = key_or_none(text)
    if key is None:
        raise Http404
    return key
