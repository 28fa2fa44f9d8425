"""Putting tags on accounts and taking them off, for one account or for many at once; each change is an event."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from panshi.domains.accounts import events
from panshi.domains.accounts.models import Account, AccountTag
from panshi.domains.accounts.models.tags import LONGEST_TAG, MOST_TAGS, tag_key
from panshi.domains.accounts.services.locking import locked
from panshi.ground.audit.models import Change, Event
from panshi.ground.audit.services import draft
from panshi.ground.base.bulk import insert_rows
from panshi.ground.base.refusals import Refused
from panshi.ground.base.viewer import Viewer

SEPARATORS: Final = re.compile(r"[,，、;；\n\r]+")

Tags = Mapping[str, str]
"""Key → name as it is spelled."""


class CannotTag(Refused):
    """A tag is too long or empty, or an account would bear too many."""


def read_tags(text: str) -> dict[str, str]:
    """The tags somebody typed, apart by commas or lines. Raises `CannotTag`."""
    found: dict[str, str] = {}
    for part in SEPARATORS.split(text.replace("\x00", "")):
        name = " ".join(part.split())
        if len(name) > LONGEST_TAG or len(tag_key(name)) > 2 * LONGEST_TAG:
            raise CannotTag(
                _("标签“%(name)s…”太长，最多 %(most)d 个字。")
                % {"name": name[:LONGEST_TAG], "most": LONGEST_TAG},
                field="tags",
            )
        if tag_key(name):
            found.setdefault(tag_key(name), name)
    return found


@dataclass(frozen=True, slots=True)
class Tagged:
    """What an act on many accounts did: which keys each gained and lost, which were as wanted, which not and why."""

    gained: Mapping[int, Tags] = field(default_factory=dict)
    lost: Mapping[int, Tags] = field(default_factory=dict)
    unchanged: tuple[int, ...] = ()
    refused: Mapping[int, str] = field(default_factory=dict)

    @property
    def changed(self) -> list[int]:
        """The accounts whose tags are others now."""
        return sorted(set(self.gained) | set(self.lost))


@transaction.atomic
def set_tags(*, account: Account, text: str, by: Viewer, at: dt.datetime) -> Tagged:
    """Make the tags of one account exactly those typed. Raises `CannotTag`."""
    record_ = locked(account.pk, by=by, permission="accounts.edit")
    wanted = read_tags(text)
    if len(wanted) > MOST_TAGS:
        raise CannotTag(_("一家客户最多 %(most)d 个标签。") % {"most": MOST_TAGS}, field="tags")
    known = _known([record_.pk])[record_.pk]
    gained = {key: name for key, name in wanted.items() if key not in known}
    lost = {key: name for key, name in known.items() if key not in wanted}
    tagged = Tagged({record_.pk: gained} if gained else {}, {record_.pk: lost} if lost else {})
    _write(tagged, by=by, at=at)
    return tagged


def plan_tags(*, keys: Sequence[int], add: Tags, remove: Tags, by: Viewer) -> Tagged:
    """What adding and removing these tags would do to each of some accounts; three queries."""
    by.require("accounts.edit")
    rows = Account.objects.visible_to(by, "accounts.edit").filter(pk__in=list(keys)).order_by()
    merged = dict(rows.values_list("pk", "merged_into_id"))
    known = _known(keys)
    gained, lost, unchanged, refused = {}, {}, [], {}
    for pk in keys:
        if pk not in merged or merged[pk] is not None:
            refused[pk] = _("您无权修改这家客户。")
            continue
        more = {key: name for key, name in add.items() if key not in known[pk]}
        less = {key: known[pk][key] for key in remove if key in known[pk]}
        if len(known[pk]) + len(more) - len(less) > MOST_TAGS:
            refused[pk] = _("一家客户最多 %(most)d 个标签。") % {"most": MOST_TAGS}
            continue
        if more:
            gained[pk] = more
        if less:
            lost[pk] = less
        if not more and not less:
            unchanged.append(pk)
    return Tagged(gained, lost, tuple(unchanged), refused)


@transaction.atomic
def tag_accounts(*, keys: Sequence[int], add: Tags, remove: Tags, by: Viewer, at: dt.datetime) -> Tagged:
    """Add tags to many accounts and take others off; who may not be changed is told why."""
    _lock(keys)
    tagged = plan_tags(keys=keys, add=add, remove=remove, by=by)
    _write(tagged, by=by, at=at)
    return tagged


@transaction.atomic
def untag_accounts(
    *, gained: Mapping[int, Tags], lost: Mapping[int, Tags], by: Viewer, at: dt.datetime
) -> Tagged:
    """Take an act back: off with what it added, on with what it took; what was changed since by hand stays."""
    keys = sorted({*gained, *lost})
    _lock(keys)
    known, refused = _known(keys), {}
    reached = set(
        Account.objects.visible_to(by, "accounts.edit")
        .filter(pk__in=keys, merged_into=None)
        .values_list("pk", flat=True)
    )
    on: dict[int, Tags] = {}
    off: dict[int, Tags] = {}
    for pk in keys:
        if pk not in reached:
            refused[pk] = _("您无权修改这家客户。")
            continue
        back = {key: name for key, name in lost.get(pk, {}).items() if key not in known[pk]}
        gone = {key: name for key, name in gained.get(pk, {}).items() if key in known[pk]}
        if not back and not gone:
            refused[pk] = _("之后又变更过，保持不变。")
        on |= {pk: back} if back else {}
        off |= {pk: gone} if gone else {}
    tagged = Tagged(on, off, (), refused)
    _write(tagged, by=by, at=at)
    return tagged


def _lock(keys: Iterable[int]) -> None:
    list(Account.objects.select_for_update().filter(pk__in=list(keys)).order_by("pk").values_list("pk"))


def _known(keys: Iterable[int]) -> defaultdict[int, dict[str, str]]:
    """The tags of accounts; one query."""
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    rows = AccountTag.objects.filter(account_id__in=list(keys)).order_by("pk")
    for pk, key, name in rows.values_list("account_id", "key", "name"):
        found[pk][key] = name
    return found


def _write(tagged: Tagged, *, by: Viewer, at: dt.datetime) -> None:
    """Store it with one event for each account that changed. A word is spelled as it was when it was first used."""
    before = _known(tagged.changed)
    new = {key for names in tagged.gained.values() for key in names}
    spelled = dict(AccountTag.objects.filter(key__in=new).order_by("-pk").values_list("key", "name"))
    rows = [
        AccountTag(account_id=pk, key=key, name=spelled.get(key, name))
        for pk, names in tagged.gained.items()
        for key, name in names.items()
    ]
    every = {key for names in tagged.lost.values() for key in names}
    for key in sorted(every):
        ids = [pk for pk, names in tagged.lost.items() if key in names]
        AccountTag.objects.filter(account_id__in=ids, key=key).delete()
    insert_rows(AccountTag, rows)
    after = _known(tagged.changed)
    told = [
        draft(events.TAGGED, at=at, by_id=by.person_id, account_id=pk, subject_id=pk) for pk in tagged.changed
    ]
    insert_rows(Event, told)
    changes = [
        Change(
            event=event,
            field="tags",
            before="、".join(before[pk].values()),
            after="、".join(after[pk].values()),
        )
        for event, pk in zip(told, tagged.changed, strict=True)
    ]
    insert_rows(Change, changes)
