"""The scheduler as a process: it waits for what is away, and stops in order."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from structlog.testing import capture_logs

from longshore.settings import Settings
from longshore_ledger import Ledger
from longshore_ledger.records import NewTask, payload_digest
from longshore_scheduler import process
from longshore_scheduler.process import main
from tests.integration.scheduler.harness import Harness
from tests.services.ports import free_port
from tests.services.processes import Processes
from tests.services.runner import Server
from tests.services.waiting import Eventually


def _events(log: str) -> list[str]:
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    return [f"{line['event']} {line['what']}" if "what" in line else line["event"] for line in lines]


def _away(ledger: Ledger) -> str | None:
    """Why the broker is away, as the ledger was told."""
    reason: str | None = ledger.maintenance.broker().get("", {}).get("away")
    return reason


def test_it_moves_tasks_serves_metrics_and_stops_when_told(
    processes: Processes, harness: Harness, ledger_url: str, eventually: Eventually
) -> None:
    # Given a running scheduler
    port = free_port()
    scheduler = processes.start("scheduler", ledger=ledger_url, broker=harness.broker_url, metrics_port=port)

    # When a task is submitted
    harness.submit()

    # Then it is published, and the metrics say by whom
    eventually(lambda: harness.states() == {"QUEUED": 1})
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
    assert f'longshore_relay_published_total{{queue="{harness.queue}"}} 1.0' in text
    assert f'longshore_tasks{{queue="{harness.queue}",state="QUEUED"}} 1.0' in text

    # And when it is told to stop, it does, without an error
    scheduler.process.send_signal(signal.SIGTERM)
    assert scheduler.process.wait(timeout=10) == 0
    assert _events(scheduler.log()) == ["scheduler runs", "broker", "scheduler stops"]


def test_it_says_no_more_than_its_log_level_lets_it(
    processes: Processes, harness: Harness, ledger_url: str, eventually: Eventually
) -> None:
    # Given
    scheduler = processes.start(
        "scheduler", ledger=ledger_url, broker=harness.broker_url, log_level="warning"
    )
    harness.submit()
    eventually(lambda: harness.states() == {"QUEUED": 1})

    # When
    scheduler.process.send_signal(signal.SIGTERM)

    # Then
    assert scheduler.process.wait(timeout=10) == 0
    assert _events(scheduler.log()) == []


def test_two_schedulers_share_the_work(
    processes: Processes, harness: Harness, ledger_url: str, eventually: Eventually
) -> None:
    # Given two schedulers
    for _ in range(2):
        processes.start("scheduler", ledger=ledger_url, broker=harness.broker_url, window=5000)

    # When two thousand tasks are submitted
    for _ in range(4):
        harness.submit(500)

    # Then each is in the broker once
    eventually(lambda: harness.states() == {"QUEUED": 2000}, within=30)
    eventually(lambda: harness.ready() == 2000)


def test_it_waits_for_a_ledger_that_is_not_there_yet(
    processes: Processes, embedded: Server, embedded_broker_url: str, queue: str, eventually: Eventually
) -> None:
    # Given a scheduler that comes up before its ledger
    embedded.kill()
    scheduler = processes.start("scheduler", ledger=embedded.url, broker=embedded_broker_url)
    eventually(lambda: "waiting for the ledger" in _events(scheduler.log()))

    # When the ledger comes up, and a task is submitted
    embedded.start()
    ledger = Ledger.open(embedded.url)
    ledger.intake.submit([NewTask("task", "add", queue, b"[]", payload_digest(b"[]"))])

    # Then the scheduler does its work, having said once that it waited
    eventually(lambda: ledger.views.counts()[queue]["QUEUED"] == 1)
    assert _events(scheduler.log())[:2] == ["waiting for the ledger", "scheduler runs"]
    ledger.close()


def test_told_to_stop_it_waits_for_no_ledger(
    processes: Processes, embedded: Server, eventually: Eventually
) -> None:
    # Given a scheduler without a ledger
    embedded.kill()
    scheduler = processes.start("scheduler", ledger=embedded.url)
    eventually(lambda: "waiting for the ledger" in _events(scheduler.log()))

    # When it is told to stop / Then it does
    scheduler.process.send_signal(signal.SIGTERM)
    assert scheduler.process.wait(timeout=10) == 0


@pytest.fixture(params=["own_rabbitmq", "embedded"])
def broker(request: pytest.FixtureRequest) -> Server:
    """Each kind of broker in turn, as a server of the test's own."""
    found: Server = request.getfixturevalue(request.param)
    return found


def test_while_the_broker_is_away_work_waits_and_flows_when_it_is_back(
    processes: Processes, broker: Server, ledger_url: str, queue: str, eventually: Eventually
) -> None:
    # Given a scheduler whose broker is killed
    scheduler = processes.start("scheduler", ledger=ledger_url, broker=broker.url)
    eventually(lambda: "broker" in _events(scheduler.log()))
    broker.kill()

    # When tasks are submitted meanwhile
    ledger = Ledger.open(ledger_url)
    ledger.intake.submit([NewTask(f"t{n}", "add", queue, b"[]", payload_digest(b"[]")) for n in range(100)])
    eventually(lambda: "away broker" in _events(scheduler.log()))
    eventually(lambda: "refused" in (_away(ledger) or ""))
    assert ledger.views.counts()[queue]["PENDING"] == 100

    # Then they are published when it is back, and the log has one line for each
    broker.start()
    eventually(lambda: ledger.views.counts()[queue]["QUEUED"] == 100, within=30)
    eventually(lambda: _away(ledger) is None)
    events = _events(scheduler.log())
    assert events[:2] == ["scheduler runs", "broker"]
    assert events.count("away broker") == events.count("back broker") == 1
    ledger.close()


def test_a_ledger_that_is_restarted_is_found_again(
    processes: Processes, embedded: Server, embedded_broker_url: str, queue: str, eventually: Eventually
) -> None:
    # Given a scheduler whose ledger is killed and started again
    scheduler = processes.start("scheduler", ledger=embedded.url, broker=embedded_broker_url)
    eventually(lambda: "broker" in _events(scheduler.log()))
    embedded.kill()
    eventually(lambda: "away ledger" in _events(scheduler.log()))
    embedded.start()

    # When a task is submitted
    ledger = Ledger.open(embedded.url)
    ledger.intake.submit([NewTask("task", "add", queue, b"[]", payload_digest(b"[]"))])

    # Then it is published, and the log has one line for going and one for coming
    eventually(lambda: ledger.views.counts()[queue]["QUEUED"] == 1, within=20)
    eventually(lambda: "back ledger" in _events(scheduler.log()))
    events = _events(scheduler.log())
    assert events.count("away ledger") == events.count("back ledger") == 1
    ledger.close()


@contextmanager
def ended(wait: Callable[[], object]) -> Iterator[None]:
    """Sends SIGTERM to this very process when `wait` comes back; its handlers are put back afterwards."""

    def end() -> None:
        wait()
        os.kill(os.getpid(), signal.SIGTERM)

    ending = threading.Thread(target=end)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # should it come before main listens
    ending.start()
    try:
        yield
    finally:
        ending.join()
        for number, handler in handlers.items():
            signal.signal(number, handler)


@pytest.fixture
def _no_logging(monkeypatch: pytest.MonkeyPatch) -> None:
    """The log of this process is pytest's."""
    monkeypatch.setattr(process, "configure_logging", lambda *_: None)


@pytest.mark.usefixtures("_no_logging")
def test_within_one_process_too(harness: Harness, ledger_url: str, eventually: Eventually) -> None:
    # Given somebody who runs it in his own process, and ends it like any other when the work is done
    settings = Settings(ledger=ledger_url, broker=harness.broker_url, metrics_port=free_port())
    harness.submit(3)

    # When it runs
    with ended(lambda: eventually(lambda: harness.states() == {"QUEUED": 3})):
        main(settings)

    # Then it has come back, and left no thread behind
    assert not {"relay", "watch", "reconciler", "retention", "waker"} & {
        t.name for t in threading.enumerate()
    }


@pytest.mark.usefixtures("_no_logging")
def test_within_one_process_it_waits_for_no_ledger_either(eventually: Eventually) -> None:
    # Given no ledger
    settings = Settings(ledger=f"redis://127.0.0.1:{free_port()}/0")

    # When it is run and told to stop while it waits
    with capture_logs() as lines, ended(lambda: eventually(lambda: lines)):
        main(settings)

    # Then it has come back, having said once what it waited for
    assert [line["event"] for line in lines] == ["waiting for the ledger"]
