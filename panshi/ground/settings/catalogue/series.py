"""The number series of the product: what they number and the prefix they begin with."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SERIES: Final[Mapping[str, tuple[Promise, str]]] = {
    "accounts": (_("客户编号"), "K"),
}
"""Series → what it numbers, and its prefix until somebody changes it."""
