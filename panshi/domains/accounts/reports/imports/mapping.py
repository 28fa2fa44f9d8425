"""Which column of a file is which field: proposed by what the headings mean, and before that by what the person mapped
for a file from the same source."""

from collections.abc import Mapping, Sequence

from panshi.domains.accounts.reports.imports.kinds import Reading, reading_of
from panshi.engines.analytics.headings import normalise
from panshi.ground.base.viewer import Viewer
from panshi.ground.settings.reports import custom_fields, preference

ACCOUNTS = "accounts"


def remembered_name(kind: str) -> str:
    """The preference that keeps a person's mappings of one kind: source → heading → field."""
    return f"imports.{kind}.mapping"


def remembered(kind: str, source: str, *, viewer: Viewer) -> dict[str, str]:
    """What the person mapped last for a source; without one of its own, for files without a source."""
    kept: dict[str, dict[str, str]] = preference(remembered_name(kind), viewer=viewer, default={})
    return kept.get(source) or kept.get("", {})


def known_sources(kind: str, *, viewer: Viewer) -> list[str]:
    """The sources whose columns the person mapped before."""
    kept: dict[str, dict[str, str]] = preference(remembered_name(kind), viewer=viewer, default={})
    return sorted(name for name in kept if name)


def guess_mapping(
    headings: Sequence[str], *, viewer: Viewer, kind: str = ACCOUNTS, source: str = ""
) -> dict[str, int]:
    """Field → position of its column: as mapped before, otherwise by meaning, each column and field once."""
    reading = reading_of(kind)
    fields = reading.fields(viewer)
    allowed = {field.name for field in fields}
    labels = {normalise(str(field.label)): field.name for field in fields}
    before = remembered(kind, source, viewer=viewer)
    custom, meanings = _custom_meanings(reading, viewer), _meanings(reading)
    best: dict[str, tuple[int, int]] = {}
    for position, heading in enumerate(headings):
        key = normalise(heading)
        field = before.get(key, custom.get(key) or meanings.get(key) or labels.get(key, ""))
        if field in allowed:
            known = key in before or key in custom or key not in reading.headings.get(field, ())
            rank = -1 if known else reading.headings[field].index(key)
            best[field] = min(best.get(field, (rank, position)), (rank, position))
    return {field: position for field, (_rank, position) in best.items()}


def is_known(kind: str, heading: str) -> bool:
    """Whether a heading means a field; finds the heading row of a file."""
    return normalise(heading) in _meanings(reading_of(kind))


def remembered_mapping(headings: Sequence[str], mapping: Mapping[str, int]) -> dict[str, str]:
    """What to remember of a mapping: normalised heading → field, "" for a column left out."""
    fields = {position: field for field, position in mapping.items()}
    return {normalise(heading): fields.get(position, "") for position, heading in enumerate(headings)}


def _meanings(reading: Reading) -> Mapping[str, str]:
    """Normalised heading → field; the first field that claims a word has it."""
    if reading.name not in _KNOWN:
        found: dict[str, str] = {}
        for field, names in reading.headings.items():
            for name in names:
                found.setdefault(normalise(name), field)
        _KNOWN[reading.name] = found
    return _KNOWN[reading.name]


_KNOWN: dict[str, Mapping[str, str]] = {}


def _custom_meanings(reading: Reading, viewer: Viewer) -> Mapping[str, str]:
    """Normalised label or code → custom field: what a company called so itself is meant before any guess."""
    if reading.custom is None:
        return {}
    return {
        normalise(heading): spec.name
        for spec in reversed(custom_fields(reading.custom, viewer=viewer))
        for heading in (spec.row.label_en, spec.name, spec.row.label)
        if heading
    }
