"""The queue gives each number to one taker, in order, whoever opens it."""

import os
from pathlib import Path

import pytest

from panshi.engines.queue import NumberQueue, open_queue

REDIS = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/15")


@pytest.fixture(params=["file", pytest.param("redis", marks=pytest.mark.services)])
def two(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[NumberQueue, NumberQueue]:
    """The same queue, opened by two processes."""
    url = REDIS if request.param == "redis" else ""
    file = tmp_path / "new" / "queue.sqlite3"
    queues = open_queue(file=file, redis_url=url), open_queue(file=file, redis_url=url)
    while queues[0].take() is not None:
        pass
    return queues


def test_numbers_come_in_order_and_once(two: tuple[NumberQueue, NumberQueue]) -> None:
    teller, taker = two
    assert taker.take() is None
    assert taker.is_empty()
    for number in (7, 8, 2**40):
        teller.tell(number)
    assert not taker.is_empty()
    assert [taker.take(), teller.take(), taker.take(), teller.take()] == [7, 8, 2**40, None]
