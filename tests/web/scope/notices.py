"""Addresses of notices: everybody has their own; the outbox is the administrator's."""

from panshi.ground.notices.models import Mail, MailState, Notice
from tests.factories.organisation import AT
from tests.web.scope.page import Page
from tests.web.scope_world import SEES, World

OWNER = frozenset({"owner"})


def build(world: World) -> None:
    """A notice of the owner about our account, and a mail that failed."""
    owner = world.company.owner
    world.more["notice"] = Notice.objects.create(
        person=owner, kind="accounts.owner_given", at=AT, account_id=world.ours.pk
    )
    world.more["mail"] = Mail.objects.create(
        person=owner,
        purpose="notice",
        message_id="<matrix@example.com>",
        subject="一封信",
        state=MailState.FAILED,
        asked_at=AT,
        not_before=AT,
    )


def notice(world: World) -> tuple[object, ...]:
    return (world.more["notice"].pk,)


def account(world: World) -> tuple[object, ...]:
    return ("account", world.ours.pk)


def of_contact(world: World) -> tuple[object, ...]:
    return ("contact", world.contact.pk)


PAGES = (
    Page("notices:list"),
    Page("notices:list", query="unread=1&kind=accounts.owner_given&before=99999"),
    Page("notices:drawer"),
    Page("notices:waiting"),
    Page("notices:open", notice, seen_by=OWNER, answers=frozenset({302})),
    Page("notices:choices"),
    Page("notices:outbox", needs=("settings.manage",)),
    Page("notices:outbox", needs=("settings.manage",), query="state=failed&before=99999"),
    Page("go", account, answers=frozenset({302})),
    Page("go", of_contact, seen_by=SEES, answers=frozenset({302})),
)

POSTS = (
    Page("notices:read", answers=frozenset({302})),
    Page("notices:unread", answers=frozenset({302})),
    Page("notices:test", needs=("settings.manage",), answers=frozenset({422})),
    Page("notices:resend_all", needs=("settings.manage",), answers=frozenset({422})),
    Page(
        "notices:resend",
        lambda world: (world.more["mail"].pk,),
        needs=("settings.manage",),
        answers=frozenset({422}),
    ),
)
