"""The figures monitors read: requests as they were answered here, and how work, mail and the chain of events stand.

With several web workers each keeps its own counts in files of one folder (PROMETHEUS_MULTIPROC_DIR, which `panshi run`
sets); whichever is asked adds them up. What stands in the database is asked at reading.
"""

import datetime as dt
import os
from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from panshi.ground.audit.sealing import oldest_unsealed
from panshi.ground.notices.standing import outbox_figures
from panshi.ground.work.standing import work_standing

_OURS: Final = CollectorRegistry()
REQUESTS: Final = Counter(
    "panshi_requests", "Requests answered.", ("view", "method", "status"), registry=_OURS
)
SECONDS: Final = Histogram(
    "panshi_request_seconds", "Time to answer a request.", ("view",), registry=_OURS,
    buckets=(0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24),
)  # fmt: skip


def count_request(*, view: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request; `view` is the name of the page, so that addresses with ids count as one."""
    REQUESTS.labels(view, method, str(status)).inc()
    SECONDS.labels(view).observe(seconds)


def exposition(*, at: dt.datetime) -> tuple[bytes, str]:
    """Every figure in Prometheus' text format, and its content type."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_OURS)
    registry.register(_Stored(at))
    return generate_latest(registry), CONTENT_TYPE_LATEST


class _Stored(Collector):
    """What stands in the database at one moment."""

    def __init__(self, at: dt.datetime) -> None:
        self._at = at

    def collect(self) -> Iterator[Metric]:
        """Ask once and tell every figure."""
        standing = work_standing(at=self._at)
        jobs = GaugeMetricFamily(
            "panshi_jobs", "Jobs by state; failed ones of the last day.", labels=("kind", "state")
        )
        for state, counts in (
            ("waiting", standing.waiting), ("running", standing.running), ("failed", standing.failed),
        ):  # fmt: skip
            for kind, count in counts.items():
                jobs.add_metric((kind, state), count)
        yield jobs
        yield _gauge("panshi_oldest_job_seconds", "Age of the due job that waits longest.", standing.oldest)
        if standing.silence is not None:
            yield _gauge(
                "panshi_work_silence_seconds", "Since a work process was last seen.", standing.silence
            )
        mails = GaugeMetricFamily("panshi_mails", "Mails in the outbox by state.", labels=("state",))
        for state, count in outbox_figures().items():
            mails.add_metric((state,), count)
        yield mails
        oldest = oldest_unsealed()
        age = (self._at - oldest).total_seconds() if oldest else 0.0
        yield _gauge("panshi_unsealed_seconds", "Age of the oldest event without its seal.", max(0.0, age))


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)
