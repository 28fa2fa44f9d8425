"""Expired sessions are forgotten at night; those in use stay."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from panshi.ground.base.viewer import Viewer
from panshi.ground.work.models import Job, JobState
from panshi.ground.work.running import run_job
from panshi.ground.work.services import enqueue

pytestmark = pytest.mark.django_db


def test_only_expired_sessions_are_forgotten(system: Viewer, at: dt.datetime) -> None:
    now = timezone.now()
    Session.objects.create(session_key="old", session_data="", expire_date=now - dt.timedelta(days=1))
    Session.objects.create(session_key="used", session_data="", expire_date=now + dt.timedelta(hours=1))
    job = enqueue(kind="sessions.forget", arguments={"due_on": "2026-11-21"}, by=system, at=at)
    assert run_job(job.pk)
    assert Job.objects.get(pk=job.pk).state == JobState.DONE
    assert list(Session.objects.values_list("session_key", flat=True)) == ["used"]
