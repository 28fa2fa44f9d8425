"""Every operation × who asks: what one may not see is not there, what one may not do is refused, without a good token
nothing opens. Every operation of the document stands in the table."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from panshi.api.document import build
from panshi.api.operations import DECLARED
from panshi.api.urls import api
from panshi.ground.audit.models import Event
from panshi.ground.identity.models import ApiToken
from panshi.ground.identity.scopes import BY_CODE
from tests.api.conftest import Caller, token_of
from tests.web.scope.files import build as build_files
from tests.web.scope_world import CODE, CONTACT, MOBILE, NAME, NOTE, PHONE, World, make_world

SECRETS = (NAME, PHONE, CODE, CONTACT, MOBILE, NOTE)
WHO = ("owner", "teammate", "outsider")


@dataclass(frozen=True)
class Asked:
    """One operation as the matrix sends it: what it answers to owner, teammate and outsider."""

    path: str
    answers: tuple[int, int, int]
    body: Any = None
    form: Any = None
    match: str = '"1"'


OPEN, LIST = (200, 200, 404), (200, 200, 200)
TABLE: dict[str, Asked] = {
    "read_token": Asked("/token", LIST),
    "list_custom_fields": Asked("/custom-fields", LIST),
    "list_accounts": Asked("/accounts", LIST),
    "read_account": Asked("/accounts/{account}", OPEN),
    "create_an_account": Asked("/accounts", (201, 403, 201), {"name": "松林纸业"}),
    "change_account": Asked("/accounts/{account}", (200, 403, 404), {"website": "x.cn"}),
    "assign_account": Asked("/accounts/{account}/owner", (403, 403, 404), {"owner_id": None}),
    "move_account": Asked("/accounts/{account}/lifecycle", (200, 403, 404), {"to": "lost", "reason": "x"}),
    "list_contacts": Asked("/contacts", LIST),
    "read_contact": Asked("/contacts/{contact}", OPEN),
    "create_contact": Asked("/contacts", (201, 201, 404), {"account_id": "{account}", "name": "李工"}),
    "change_contact": Asked("/contacts/{contact}", OPEN, {"title": "厂长"}),
    "mark_contact_left": Asked("/contacts/{contact}/leave", OPEN, {"left_on": "2026-11-01"}),
    "mark_contact_returned": Asked("/contacts/{contact}/return", (422, 422, 404)),
    "list_log": Asked("/log", LIST),
    "read_log_entry": Asked("/log/{entry}", OPEN),
    "write_log": Asked("/log", (201, 201, 404), {"account_id": "{account}", "text": "问候"}),
    "void_log_entry": Asked("/log/{entry}/void", (200, 403, 404), {"reason": "x"}),
    "list_batches": Asked("/ledger/batches", (403, 403, 403)),
    "upload_batch": Asked("/ledger/batches", (403, 403, 403), form={"source": "ERP"}),
    "read_batch": Asked("/ledger/batches/{batch}", (403, 403, 403)),
    "map_batch": Asked("/ledger/batches/{batch}/columns", (403, 403, 403), {"columns": {}}),
    "commit_batch": Asked("/ledger/batches/{batch}/commit", (403, 403, 403)),
    "revert_batch": Asked("/ledger/batches/{batch}/revert", (403, 403, 403)),
    "drop_batch": Asked("/ledger/batches/{batch}", (403, 403, 403)),
    "list_unknown_accounts": Asked("/ledger/batches/{batch}/unknown-accounts", (403, 403, 403)),
    "match_unknown_account": Asked(
        "/ledger/batches/{batch}/unknown-accounts/1/match", (403, 403, 403), {"account_id": "{account}"}
    ),
    "leave_out_unknown_accounts": Asked(
        "/ledger/batches/{batch}/unknown-accounts/leave-out", (403, 403, 403), {}
    ),
    "open_unknown_accounts": Asked("/ledger/batches/{batch}/unknown-accounts/open", (403, 403, 403)),
    "list_months": Asked("/accounts/{account}/months", (200, 403, 404)),
    "list_analyses": Asked("/analyses", (200, 403, 200)),
    "ask_analysis": Asked("/analyses", (422, 403, 422), {"first_on": "2026-01-01", "last_on": "2026-02-01"}),
    "read_analysis": Asked("/analyses/{analysis}", (404, 403, 404)),
    "list_analysis_rows": Asked("/analyses/{analysis}/rows", (404, 403, 404)),
    "list_classes": Asked("/accounts/{account}/classes", (200, 403, 404)),
    "list_files": Asked("/files?record=account:{account}", OPEN),
    "upload_file": Asked("/files", (201, 403, 404), form={"record": "account:{account}"}),
    "read_file": Asked("/files/{file}", OPEN),
    "upload_version": Asked("/files/{file}/versions", (422, 403, 404), form={}),
    "read_content": Asked("/files/{file}/content", (404, 404, 404)),
    "list_events": Asked("/events", LIST),
}
METHODS = {
    one["operationId"]: method.upper()
    for methods in build(api)["paths"].values()
    for method, one in methods.items()
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Built once: each request runs in a savepoint inside."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_world()
        build_files(made)
        made.more["secrets"] = {who: token_of(getattr(made.company, who)) for who in WHO}
        yield made
        transaction.set_rollback(True)


def keys(world: World) -> dict[str, int]:
    return {
        "account": world.ours.pk,
        "contact": world.contact.pk,
        "entry": world.entry.pk,
        "batch": world.batch.pk,
        "analysis": world.analysis.pk,
        "file": world.more["pdf"].pk,
    }


def send(name: str, secret: str, world: World) -> HttpResponse:
    """One operation, taken back afterwards."""
    asked, named = TABLE[name], keys(world)
    path = asked.path.format(**named)

    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(each) for key, each in value.items()}
        if value == "{account}":
            return named["account"]
        return value.format(**named) if isinstance(value, str) else value

    caller = Caller(secret)
    with transaction.atomic():
        if asked.form is not None:
            file = SimpleUploadedFile("说明.txt", b"text")
            answer = caller.form(path, {**filled(asked.form), "file": file})
        else:
            answer = caller(METHODS[name], path, filled(asked.body), If_Match=asked.match)
        transaction.set_rollback(True)
    return answer


def test_every_operation_stands_in_the_table() -> None:
    assert set(TABLE) == set(METHODS) == set(DECLARED)


@pytest.mark.django_db
@pytest.mark.parametrize("name", TABLE)
def test_who_may_do_what(world: World, name: str) -> None:
    for who, status in zip(WHO, TABLE[name].answers, strict=True):
        answer = send(name, world.more["secrets"][who], world)
        said = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        assert answer.status_code == status, (who, said[:400])
        if who == "outsider":
            assert not [secret for secret in SECRETS if secret in said.decode()]


@pytest.mark.django_db
@pytest.mark.parametrize("name", TABLE)
def test_without_a_good_token_nothing_opens(world: World, name: str) -> None:
    before = Event.objects.count()
    on = timezone.localdate()
    with transaction.atomic():
        secrets = [token_of(world.company.owner) for _each in range(2)]
        expired, revoked = ApiToken.objects.order_by("-pk")[1], ApiToken.objects.order_by("-pk")[0]
        ApiToken.objects.filter(pk=expired.pk).update(expires_on=on - dt.timedelta(days=1))
        ApiToken.objects.filter(pk=revoked.pk).update(revoked_at=timezone.now())
        for secret in ("", "pst_0123456789_wrong", *secrets):
            assert send(name, secret, world).status_code == 401
        scope = DECLARED[name].scope
        if scope:
            others = [code for code in BY_CODE if code != scope]
            answer = send(name, token_of(world.company.operations, others), world)
            assert (answer.status_code, answer.json()["needed"]) == (403, [scope])
        transaction.set_rollback(True)
    assert Event.objects.count() == before
