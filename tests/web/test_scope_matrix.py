"""Role × record × action over every page: lists, records, search, pickers, exports, counts, timelines, jobs.

Every address of the product stands in `PAGES` (or in `POSTS` if it only writes) of an area in `tests/web/scope`.
What one may not see is not there (404), what one may not do is refused (403), and nothing of a hidden record
stands anywhere in any answer.
"""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django.plugin import DjangoDbBlocker

from panshi.domains.accounts.models import Account, ImportBatch, TeamMember
from panshi.domains.ledger.models import Batch, UnknownAccount
from panshi.domains.people.models import Contact, LogEntry
from panshi.ground.audit.models import Event
from panshi.ground.identity.models import Assignment, Person, Unit
from panshi.ground.work.models import Job
from tests.web.scope import PAGES, POSTS, build
from tests.web.scope.page import Page, nothing
from tests.web.scope_world import EVERYBODY, NAME, SECRETS, SEES, World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_passwords")]
DOOR = {"account_", "mfa_", "usersessions_", "signin:", "frame:", "health:", "api:"}
"""Sign-in's own pages speak only of the person who asks; tests/web/test_signin.py has them. Programs do not
sign in: tests/api/test_matrix.py has their operations."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Built once: each test runs in a savepoint inside and leaves it as it was."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build(make_world())
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def browsers(world: World) -> dict[str, Client]:
    """Everybody, signed in once, with their session already seen."""
    opened = {who: Client() for who in EVERYBODY}
    for who, browser in opened.items():
        browser.force_login(getattr(world.company, who))
        browser.get(reverse("frame:choose"))
    return opened


def named(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Every URL name of the product."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from named(
                pattern.url_patterns, f"{before}{pattern.namespace}:" if pattern.namespace else before
            )
        else:
            yield f"{before}{pattern.name}"


def body(answer: HttpResponse) -> str:
    """Everything an answer says, streamed or not, headers too."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return content.decode("utf-8-sig", errors="replace") + str(dict(answer.headers))


def test_every_address_stands_in_the_matrix() -> None:
    """A new page is added to PAGES (or POSTS) with what it needs, before it is merged."""
    told = {page.name for page in (*PAGES, *POSTS)}
    missing = {
        name
        for name in named(get_resolver().url_patterns)
        if name not in told and not any(name.startswith(door) for door in DOOR)
    }
    assert not missing, f"add to tests/web/scope: {sorted(missing)}"
    assert told <= set(named(get_resolver().url_patterns)), "the matrix names addresses that no longer exist"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_who_may_open_what(world: World, page: Page, browsers: dict[str, Client]) -> None:
    address = page.address(world)
    wrong = {}
    for who in EVERYBODY:
        answer = browsers[who].get(address)
        said = body(answer)
        if answer.status_code not in page.expected(who):
            wrong[who] = answer.status_code, "instead of", sorted(page.expected(who))
        elif leaked := [secret for secret in SECRETS if secret in said and who not in SEES]:
            wrong[who] = "is told", leaked
    assert not wrong


FRAGMENTS = ({"HX-Request": "true"}, {"HX-Request": "true", "HX-Target": "list"})


@pytest.mark.parametrize("page", [page for page in PAGES if page.seen_by != SEES or page.query], ids=str)
def test_fragments_tell_no_more_than_pages(world: World, page: Page, browsers: dict[str, Client]) -> None:
    """What HTMX loads from the same address passes the same gate."""
    for who in EVERYBODY:
        if who in SEES:
            continue
        for headers in FRAGMENTS:
            answer = browsers[who].get(page.address(world), headers=headers)
            assert answer.status_code in page.expected(who) | {204}, (who, headers, answer.status_code)
            assert not [secret for secret in SECRETS if secret in body(answer)], (who, headers)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_strangers_are_asked_to_sign_in(world: World, page: Page) -> None:
    answer = Client().get(page.address(world))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    fragment = Client().get(page.address(world), headers={"HX-Request": "true"})
    assert fragment.status_code == 401
    assert fragment["HX-Redirect"].startswith(reverse("account_login"))


WRITES = tuple(
    page
    for page in (*PAGES, *POSTS)
    if page.keys is not nothing or page.name in {"accounts:create", "people:log_anywhere", "identity:invite"}
)


def standing() -> tuple[object, ...]:
    """Everything a write could have touched."""
    return (
        *(list(model.objects.order_by("pk").values()) for model in (Account, Contact, LogEntry, TeamMember)),
        *(list(model.objects.order_by("pk").values()) for model in (ImportBatch, Batch, UnknownAccount, Job)),
        list(Assignment.objects.order_by("pk").values()),
        list(Person.objects.order_by("pk").values_list("pk", "name", "is_active", "password")),
        list(Unit.objects.order_by("pk").values()),
        Event.objects.count(),
    )


@pytest.mark.parametrize("page", WRITES, ids=str)
def test_who_may_not_do_it_changes_nothing(world: World, page: Page, browsers: dict[str, Client]) -> None:
    """Whatever is sent: refused before it is read."""
    before = standing()
    for who in EVERYBODY:
        expected = page.expected(who)
        if not expected <= {403, 404} or expected == page.answers:
            continue
        answer = browsers[who].post(page.address(world), FORGED)
        assert answer.status_code in {403, 404, 405}, (who, answer.status_code)
        assert not [secret for secret in SECRETS if secret in body(answer) and who not in SEES], who
    assert standing() == before


FORGED = {
    "name": "伪造",
    "title": "x",
    "text": "伪造",
    "kind": "phone",
    "on": "2026-11-01",
    "left_on": "2026-11-01",
    "lifecycle": "lost",
    "reason": "x",
    "why": "x",
    "owner": "1",
    "person": "1",
    "role": "manager",
    "parent": "",
    "username": "forged",
    "unit": "1",
    "since_on": "2026-01-01",
    "until_on": "2026-01-02",
    "code": "F",
    "expected_version": "1",
    "override_reason": "x",
    "typed": "x",
}
"""A form that would be right for many of the pages."""


class TestGuessing:
    """Somebody who tries ids one after another finds what he may see and no sign of the rest."""

    GUESSED = ("accounts:detail", "accounts:edit", "people:of_account", "people:edit", "people:void")

    @pytest.mark.parametrize("name", GUESSED)
    def test_a_hidden_record_and_none_at_all_look_alike(
        self, world: World, name: str, browsers: dict[str, Client]
    ) -> None:
        hidden = {"people:edit": world.contact.pk, "people:void": world.entry.pk}.get(name, world.ours.pk)
        browser = browsers["outsider"]
        there, nowhere = (browser.get(reverse(name, args=[key])) for key in (hidden, 987654321))
        assert there.status_code == nowhere.status_code == 404
        assert shape(there, hidden) == shape(nowhere, 987654321)

    @pytest.mark.parametrize("key", [0, 2**31, 2**63, 10**40])
    @pytest.mark.parametrize("name", GUESSED)
    def test_keys_no_table_holds_are_not_there(
        self, world: World, name: str, key: int, browsers: dict[str, Client]
    ) -> None:
        assert browsers["operations"].get(reverse(name, args=[key])).status_code == 404


def shape(answer: HttpResponse, key: int) -> str:
    """An answer without what differs by nature: the key asked for and tokens."""
    lines = answer.content.decode().replace(f"/{key}/", "/KEY/").splitlines()
    return "\n".join(line for line in lines if "csrf" not in line.lower() and "nonce" not in line)


class TestCounting:
    """Counts are taken inside the person's scope, in lists, exports and search alike."""

    @pytest.mark.parametrize(
        ("who", "accounts"),
        [
            ("owner", 1),
            ("teammate", 1),
            ("colleague", 0),
            ("supervisor", 1),
            ("outsider", 1),
            ("operations", 3),
        ],
    )
    def test_lists_count_what_one_sees(
        self, world: World, who: str, accounts: int, browsers: dict[str, Client]
    ) -> None:
        browser = browsers[who]
        counted = browser.get(f"{reverse('accounts:list')}?part=count").content.decode()
        assert f">{accounts}<" in counted.replace(" ", "").replace("\n", "")

    def test_an_export_holds_what_the_list_shows(self, world: World, browsers: dict[str, Client]) -> None:
        for who, rows in (("owner", 1), ("outsider", 1), ("operations", 3), ("colleague", 0)):
            answer = browsers[who].get(f"{reverse('accounts:list_export')}?format=csv")
            lines = b"".join(answer.streaming_content).decode("utf-8-sig").strip().splitlines()  # type: ignore[attr-defined]
            assert len(lines) == 2 + rows, who  # the headings above, who took it out below
            assert any(NAME in line for line in lines) is (who in SEES)

    def test_picked_rows_outside_ones_scope_are_left_out(
        self, world: World, browsers: dict[str, Client]
    ) -> None:
        answer = browsers["outsider"].post(
            reverse("accounts:list_export"), {"format": "csv", "pk": [world.ours.pk, world.theirs.pk]}
        )
        said = body(answer)
        assert NAME not in said
        assert "花岗石材" in said

    def test_a_filter_by_somebody_elses_record_finds_nothing(
        self, world: World, browsers: dict[str, Client]
    ) -> None:
        browser = browsers["outsider"]
        said = body(browser.get(f"{reverse('accounts:list')}?owner={world.company.owner.pk}"))
        assert NAME not in said


class TestEnding:
    """Access ends with what it came from."""

    def test_leaving_the_team_closes_the_account(self, world: World, browsers: dict[str, Client]) -> None:
        browser = browsers["teammate"]
        address = reverse("accounts:detail", args=[world.ours.pk])
        assert browser.get(address).status_code == 200
        TeamMember.objects.filter(pk=world.member.pk).delete()
        assert browser.get(address).status_code == 404
        assert NAME not in body(browser.get(f"{reverse('search:results')}?q=玄武"))

    def test_a_role_that_ended_opens_nothing(self, world: World, browsers: dict[str, Client]) -> None:
        Assignment.objects.filter(person=world.company.director).update(until_on="2026-01-02")
        browser = browsers["director"]
        assert browser.get(reverse("accounts:detail", args=[world.ours.pk])).status_code in {403, 404}
        assert browser.get(reverse("accounts:list")).status_code == 403
