"""Fixtures of the fault tests: a stage to stand on, a system on it, a row in the report."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.marks import Marks
from tests.faults.report import Report
from tests.faults.stages import GENERATIONS, Stage, embedded_stage, rabbit_stage, shared_stage
from tests.faults.system import System
from tests.services.evidence import Evidence
from tests.services.processes import Processes


@pytest.fixture
def stage(request: pytest.FixtureRequest, tmp_path: Path, evidence: Evidence) -> Iterator[Stage]:
    """The RabbitMQ that all tests share, unless a test is parametrized with another kind of stage."""
    kind = getattr(request, "param", None)
    if kind is None:
        url, vhost = request.getfixturevalue("broker_url"), request.getfixturevalue("vhost")
        management = request.getfixturevalue("rabbitmq").management
        assert management, "the fault tests need RabbitMQ's management API"
        made = shared_stage(tmp_path, url, management, vhost)
    else:
        made = (rabbit_stage if kind in GENERATIONS else embedded_stage)(tmp_path, kind)
    with made as stage:
        for server in stage.servers:
            evidence.add(server.name, server.log)
        yield stage


@pytest.fixture
def marks(tmp_path: Path) -> Marks:
    """The marks that this test's tasks leave."""
    return Marks(tmp_path / "marks")


@pytest.fixture
def system(stage: Stage, processes: Processes, marks: Marks) -> Iterator[System]:
    """An API on the stage; the test starts the rest."""
    made = System(processes, marks, ledger=stage.ledger.url, broker=stage.broker_url)
    yield made
    made.close()


@pytest.fixture
def report(request: pytest.FixtureRequest, stage: Stage) -> Report:
    """Where this test's row of the kill report goes."""
    return Report(request.session.items.index(request.node), request.node.name, stage.name)
