"""Two schedulers share the work."""

import re

import httpx

from tests.faults.marks import Marks
from tests.faults.system import System
from tests.services.ports import free_port
from tests.services.waiting import Eventually

PUBLISHED = re.compile(r'^longshore_relay_published_total\{queue="faults"\} (\S+)$', re.MULTILINE)


def test_two_schedulers_share_the_work_and_publish_nothing_twice(
    system: System, marks: Marks, eventually: Eventually
) -> None:
    # Given two schedulers
    ports = [free_port(), free_port()]
    for port in ports:
        system.add_scheduler(metrics_port=port)
    system.start(schedulers=0, workers=2)
    eventually(lambda: [_published(port) for port in ports] == [0, 0], within=30)

    # When 2,000 tasks come in
    ids = {f"task-{number}": [number, 1] for number in range(2000)}
    system.submit_many(ids, at_once=20)

    # Then all are done, each from one delivery, and both schedulers had their share
    eventually(lambda: system.states(ids) == {"SUCCESS"}, within=60)
    shares = [_published(port) for port in ports]
    assert sum(shares) == len(ids)
    assert min(shares) > 100
    assert marks.executions().total() == len(ids)


def _published(port: int) -> float:
    """How many copies the scheduler with this port for its metrics has published."""
    try:
        text = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
    except httpx.TransportError as error:
        raise ConnectionError(error) from error
    found = PUBLISHED.search(text)
    return float(found[1]) if found else 0.0
