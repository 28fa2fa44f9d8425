"""The settings the decision table of key account classes is asked with: lists of words, looked at when they are set."""

from django.utils.translation import gettext as _

from panshi.domains.ledger.reports import cuts
from panshi.ground.settings.checks import checks, misfit
from panshi.ground.settings.reports import value


def words_of(setting: str) -> tuple[str, ...]:
    """A setting that lists words."""
    return _words_in(value(setting))


def _words_in(text: str) -> tuple[str, ...]:
    return tuple(
        part.strip() for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip()
    )


@checks("accounts.class_product_lines")
def _lines_of_the_ledger(text: str) -> None:
    """A product line nobody ever sold would make every account weigh nothing; before the first batch all are taken."""
    known = cuts()[1]
    unknown = [each for each in _words_in(text) if each not in known] if known else []
    if unknown:
        raise misfit(
            _("台账中没有这些产品线：%(unknown)s。台账中有：%(known)s。")
            % {"unknown": _("、").join(unknown), "known": _("、").join(known)}
        )


@checks("accounts.class_tonne_units")
def _some_unit(text: str) -> None:
    if not _words_in(text):
        raise misfit(_("请至少填写一个计量单位。"))
