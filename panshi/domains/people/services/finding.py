"""What the search box finds of a contact: by name, numbers, mail and custom texts."""

from collections.abc import Iterable
from typing import Final

from panshi.domains.accounts.models import Account
from panshi.domains.people.models import Contact
from panshi.ground.search.services import Findable, put_many, rebuild
from panshi.ground.settings.models import RecordKind
from panshi.ground.settings.reports import texts_found

CHUNK: Final = 2500


def put_contacts(contacts: Iterable[Contact], *, new: bool = False) -> None:
    """Make contacts findable by what they are now; `new` ones were added just now."""
    rows = list(contacts)
    names: dict[int, str] = {}
    ids = sorted({row.account_id for row in rows})
    for start in range(0, len(ids), CHUNK):
        names |= dict(Account.objects.filter(pk__in=ids[start : start + CHUNK]).values_list("pk", "name"))
    texts = texts_found(RecordKind.CONTACT, [row.pk for row in rows])
    put_many(records=(findable(row, names[row.account_id], texts.get(row.pk, ())) for row in rows), new=new)


def rebuild_contacts() -> int:
    """Write the index of all contacts anew; answers how many there are."""
    names = dict(Account.objects.values_list("pk", "name"))
    texts = texts_found(RecordKind.CONTACT)
    rows = Contact.objects.order_by("pk").iterator(chunk_size=5000)
    found = (findable(row, names[row.account_id], texts.get(row.pk, ())) for row in rows)
    return rebuild(kind="contact", records=found)


def findable(contact: Contact, account_name: str, texts: Iterable[str] = ()) -> Findable:
    """One contact as search knows it: by name, numbers, mail and custom texts; shown with title and account."""
    return Findable(
        kind="contact",
        record_id=contact.pk,
        account_id=contact.account_id,
        title=contact.name,
        subtitle=" · ".join(filter(None, (contact.title, account_name))),
        keys=tuple(dict.fromkeys(filter(None, (contact.mobile_key, contact.phone_key, contact.email)))),
        texts=tuple(texts),
    )
