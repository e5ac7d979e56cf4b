"""Every panel shows something once all kinds of things have happened."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import rabbitmq_server
from tests.services.evidence import Evidence
from tests.services.ports import free_port
from tests.services.processes import Processes
from tests.services.sources import source
from tests.services.waiting import Eventually
from tests.watching.load import Load
from tests.watching.panels import queries, unanswered
from tests.watching.system import Prometheus, Watched


@pytest.fixture
def watched(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    evidence: Evidence,
    ledger_url: str,
    processes: Processes,
) -> Iterator[Watched]:
    """A running system whose RabbitMQ has its Prometheus plugin."""
    port = free_port()
    monkeypatch.setattr(rabbitmq_server, "PLUGINS", "[rabbitmq_management,rabbitmq_prometheus].\n")
    plugin = (f"prometheus.tcp.port = {port}", "prometheus.tcp.ip = 127.0.0.1")
    broker = rabbitmq_server.rabbitmq_server(source(), tmp_path, *plugin)
    evidence.add(broker.name, broker.log)
    system = Watched(processes, ledger=ledger_url, broker=broker.url, broker_metrics=port)
    try:
        broker.start()
        system.start()
        yield system
        processes.end()
    finally:
        system.api.close()
        broker.remove()


@pytest.fixture
def prometheus_url(watched: Watched, prometheus: str, tmp_path: Path, evidence: Evidence) -> Iterator[str]:
    """A Prometheus that scrapes that system."""
    server = Prometheus(prometheus, tmp_path / "prometheus", watched.metrics)
    evidence.add("prometheus", server.program.log)
    try:
        server.start()
        yield server.url
    finally:
        server.program.remove()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_every_panel_and_alert_has_an_answer_from_a_loaded_system(
    watched: Watched, prometheus_url: str, eventually: Eventually
) -> None:
    # Given
    load = Load(watched.api)

    def all_answered() -> bool:
        load.more()
        problems = unanswered(prometheus_url)
        assert not problems, "\n".join(problems)
        return True

    # Then
    eventually(all_answered, within=60, every=0.5)


def test_a_prometheus_that_has_seen_nothing_answers_no_panel(
    prometheus: str, tmp_path: Path, evidence: Evidence
) -> None:
    # Given
    server = Prometheus(prometheus, tmp_path / "prometheus", {})
    evidence.add("prometheus", server.program.log)
    server.start()

    # When
    try:
        problems = unanswered(server.url)
    finally:
        server.program.remove()

    # Then
    for place, _ in queries():
        if "What is lost on the way?" not in place:
            assert any(problem.startswith(place) for problem in problems), place
