"""Nonsense and near sense at every operation of the document, on a real database, with a token that may do everything.

No answer is a fault of ours, and every answer is what the document says. The same cases are tried every time; what the
operations do to the database is taken back after each test.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from pytest_django.plugin import DjangoDbBlocker
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from panshi.api.document import build
from panshi.api.urls import api
from panshi.ground.audit.sealing import seal_pending
from panshi.ground.identity.models import ApiToken, TokenPace
from panshi.ground.identity.services import give_role
from tests.api.conftest import token_of
from tests.factories.custom import make_field
from tests.factories.organisation import AT, SINCE, SYSTEM
from tests.web.scope_world import World, make_world

DOCUMENT = build(api)
OPERATIONS = [(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods]
CHECKS: list[Any] = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
]  # fmt: skip
EXAMPLES = 12


@pytest.fixture(scope="module")
def one_connection() -> Iterator[None]:
    """A real handler lets go of a connection it finds in a transaction; here every test is inside one."""
    ends = (signals.request_started, signals.request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield
    for end in ends:
        end.connect(close_old_connections)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker, one_connection: None) -> Iterator[World]:
    """Built once; each example runs in a savepoint inside."""
    with django_db_blocker.unblock(), transaction.atomic():
        cache.clear()
        made = make_world()
        everything = made.company.operations
        for role in ("administrator", "compliance"):
            give_role(
                person=everything, unit=made.company.units.head, role=role, since_on=SINCE, by=SYSTEM, at=AT
            )
        make_field(kind="number", label="产能")
        seal_pending("key", at=AT)
        made.more["secret"] = token_of(everything)
        yield made
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def schema(world: World) -> Any:
    """The document as the product itself serves it; requests go to the product in this process."""
    return schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", WSGIHandler(), headers={"Authorization": f"Bearer {world.more['secret']}"}
    )


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=str)
@pytest.mark.django_db
def test_no_operation_breaks(world: World, schema: Any, method: str, path: str) -> None:
    operation = schema[path][method]
    cases = operation.as_strategy(generation_mode=GenerationMode.POSITIVE) | operation.as_strategy(
        generation_mode=GenerationMode.NEGATIVE
    )

    @seed(20261121)
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=False, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases)
    def ask(case: Any) -> None:
        with transaction.atomic():
            TokenPace.objects.filter(token__in=ApiToken.objects.all()).update(requests=0)
            check(case, world)
            transaction.set_rollback(True)

    ask()


def check(case: Any, world: World) -> None:
    """Send one case; ids are mostly those of records that are there."""
    if isinstance(case.path_parameters, dict) and isinstance(case.path_parameters.get("pk"), int):
        case.path_parameters["pk"] = known(case.path, case.path_parameters["pk"], world)
    if case.headers is not None and "If-Match" in case.headers and len(str(case.query)) % 2:
        case.headers["If-Match"] = '"1"'
    answer = case.call(headers={"Authorization": f"Bearer {world.more['secret']}"})
    case.validate_response(answer, checks=CHECKS)


def known(path: str, pk: int, world: World) -> int:
    """The key of a record of the right kind for three of four cases."""
    if pk % 4 == 3:
        return pk
    for part, record in (
        ("/accounts/", world.ours), ("/contacts/", world.contact), ("/log/", world.entry),
        ("/batches/", world.batch), ("/analyses/", world.analysis),
    ):  # fmt: skip
        if part in path:
            return int(record.pk)
    return pk
