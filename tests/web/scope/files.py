"""Addresses of files: who sees the record sees its files, who may change the record may change them."""

from panshi.ground.files.models import Content, File, FileVersion, PreviewState
from tests.factories.organisation import AT
from tests.web.scope.page import Page
from tests.web.scope_world import SEES, World

NAME = "绝密报价底稿.pdf"


def build(world: World) -> None:
    """A PDF and a picture on our account, and an older version of the PDF."""
    pdf = Content.objects.create(sha256="a" * 64, size=9, type="pdf", stored_at=AT)
    png = Content.objects.create(sha256="b" * 64, size=9, type="png", stored_at=AT, preview=PreviewState.MADE)
    for name, content in ((NAME, pdf), ("绝密照片.png", png)):
        file = File.objects.create(
            record_kind="account",
            record_id=world.ours.pk,
            account_id=world.ours.pk,
            name=name,
            latest=2,
            created_at=AT,
            updated_at=AT,
        )
        for number in (1, 2):
            FileVersion.objects.create(file=file, number=number, name=name, content=content, at=AT)
        world.more[content.type] = file


def pdf(world: World) -> tuple[object, ...]:
    return (world.more["pdf"].pk,)


def of_record(world: World) -> tuple[object, ...]:
    return ("account", world.ours.pk)


def about(name: str, *answers: int, extra: tuple[object, ...] = (), needs: tuple[str, ...] = ()) -> Page:
    """A page about the PDF; its bytes are not stored, so what sends them answers 404 to those who may have them."""
    return Page(name, pdf, needs, SEES, extra=extra, answers=frozenset(answers or (200,)))


PAGES = (
    Page("files:of", of_record, seen_by=SEES),
    Page("files:of_account", lambda world: (world.ours.pk,), seen_by=SEES),
    Page("accounts:detail", lambda world: (world.ours.pk,), ("accounts.view",), SEES, extra=("files",)),
    Page("search:results", query="q=绝密报价"),
    about("files:detail"),
    about("files:download", 404),
    about("files:download_version", 404, extra=(1,)),
    about("files:look", 404, extra=(1,)),
    about("files:picture", 404, extra=(1, "small")),
    about("files:edit", needs=("accounts.edit",)),
    about("files:void", needs=("accounts.edit",)),
)

POSTS = (
    Page("files:upload", of_record, ("accounts.edit",), SEES, answers=frozenset({302})),
    about("files:version", 422, needs=("accounts.edit",)),
    about("files:restore", 302, extra=(1,), needs=("accounts.edit",)),
    about("files:unvoid", 422, needs=("accounts.edit",)),
)
