"""What machines that watch over us are told, and who may ask."""

import json
import logging
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from panshi.ground.base.logs import JsonLines, Lines, belonging
from panshi.ground.work.models import Job
from panshi.ground.work.pulse import show_life
from tests.factories.organisation import Company

pytestmark = pytest.mark.django_db


def figures(text: str) -> dict[str, float]:
    """Each sample of Prometheus' text format by its name with labels."""
    rows = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, value in rows}


def test_alive_asks_nobody(client: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_ready_names_what_it_needs(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "schema": "ok", "cache": "ok"}


def test_not_ready_while_the_cache_does_not_answer(client: Client, settings: Settings) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "no_where"}
    }
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "schema": "ok", "cache": "down"}
    assert "no_where" not in answer.content.decode()


class TestMetrics:
    def test_strangers_find_nothing(self, client: Client, settings: Settings) -> None:
        assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
        settings.METRICS_TOKEN = "open-sesame-7"
        assert client.get("/metrics").status_code == 404
        assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
        assert client.get("/metrics", headers={"Authorization": "Bearer open-sesame-7"}).status_code == 200

    def test_behind_a_proxy_only_the_token_opens(self, client: Client, settings: Settings) -> None:
        settings.BEHIND_PROXY = True
        assert client.get("/metrics").status_code == 404

    def test_requests_count_by_page(self, client: Client) -> None:
        name = 'panshi_requests_total{method="GET",status="200",view="health:alive"}'
        before = figures(client.get("/metrics").content.decode()).get(name, 0)
        client.get("/healthz")
        client.get("/healthz")
        after = figures(client.get("/metrics").content.decode())
        assert after[name] == before + 2

    def test_work_is_told_in_figures(self, client: Client) -> None:
        at = timezone.now()
        Job.objects.create(kind="exports.list", asked_at=at, not_before=at)
        show_life(name="here:1", threads=2, started_at=at, at=at)
        told = figures(client.get("/metrics").content.decode())
        assert told['panshi_jobs{kind="exports.list",state="waiting"}'] == 1
        assert 0 <= told["panshi_work_silence_seconds"] < 60
        assert told["panshi_oldest_job_seconds"] >= 0

    def test_made_up_addresses_make_no_new_figures(self, client: Client) -> None:
        client.get("/nowhere/1")
        client.get("/nowhere/2")
        assert "nowhere" not in client.get("/metrics").content.decode()


class TestRequestId:
    def test_each_answer_tells_its_id(self, client: Client) -> None:
        first, second = (client.get("/healthz")["X-Request-ID"] for _ in range(2))
        assert first != second
        assert re.fullmatch(r"[0-9a-f]{16}", first)

    def test_a_proxys_id_is_kept_and_a_forged_one_is_not(self, client: Client) -> None:
        assert (
            client.get("/healthz", headers={"X-Request-ID": "front-000777"})["X-Request-ID"] == "front-000777"
        )
        forged = 'x" level="error'
        assert client.get("/healthz", headers={"X-Request-ID": forged})["X-Request-ID"] != forged

    def test_the_line_names_page_and_person_but_no_query(
        self, company: Company, caplog: pytest.LogCaptureFixture
    ) -> None:
        browser = Client()
        browser.force_login(company.owner)
        with caplog.at_level(logging.INFO, "panshi.requests"):
            browser.get(reverse("accounts:list"), {"q": "13912345678"})
        (record,) = [each for each in caplog.records if each.name == "panshi.requests"]
        line = json.loads(JsonLines().format(record))
        assert line["page"] == "accounts:list"
        assert line["person"] == company.owner.pk
        assert line["status"] == 200
        assert "13912345678" not in json.dumps(line)


def test_lines_carry_what_they_belong_to() -> None:
    record = logging.LogRecord("panshi", logging.ERROR, "", 0, "stopped", (), None)
    with belonging(job=7), belonging(request="abc"):
        assert {"job": 7, "request": "abc"}.items() <= json.loads(JsonLines().format(record)).items()
        assert Lines("%(message)s").format(record) == "stopped job=7 request=abc"
    assert "job" not in json.loads(JsonLines().format(record))
