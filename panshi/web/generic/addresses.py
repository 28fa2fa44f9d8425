"""Addresses of many records at once, without asking the router for each."""

from functools import lru_cache

from django.urls import get_script_prefix, reverse


@lru_cache(maxsize=512)
def _around_key(url_name: str, prefix: str) -> tuple[str, str]:
    """An address split where the key stands: reversing 150 addresses costs milliseconds, joining text nothing."""
    before, _, after = reverse(url_name, args=[0]).rpartition("0")
    return before, after


def around_key(url_name: str) -> tuple[str, str]:
    """The parts of an address before and after the record's key."""
    return _around_key(url_name, get_script_prefix())
