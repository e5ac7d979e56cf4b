"""The scheduler's metrics port tells what the ledger knows."""

from collections.abc import Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from longshore.metrics_port import MetricsPort
from longshore_ledger import Ledger
from longshore_ledger.records import Finish, NewTask, Outcome, StartAsk, payload_digest
from longshore_ledger.shapes import WorkerView
from longshore_scheduler.exporter import new_registry, routes, waiting_routes
from tests.services.ports import free_port
from tests.services.runner import Server

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


class Scraped:
    """One scrape."""

    def __init__(self, text: str) -> None:
        self._samples: Samples = {}
        self.kinds: dict[str, str] = {}
        for family in text_string_to_metric_families(text):
            self.kinds[family.name] = family.type
            for sample in family.samples:
                self._samples[sample.name, frozenset(sample.labels.items())] = sample.value

    def value(self, name: str, **labels: str) -> float | None:
        return self._samples.get((name, frozenset(labels.items())))


class Scraper:
    """Reads a metrics port over HTTP. `ledger` is None where none was there yet."""

    def __init__(self, ledger: Ledger | None) -> None:
        number = free_port()
        self.trouble: str | None = None
        self._url = f"http://127.0.0.1:{number}"
        self._port = MetricsPort("127.0.0.1", number)
        if ledger is None:
            self._port.answer(waiting_routes())
        else:
            self._port.answer(routes(new_registry(ledger), ledger, lambda: self.trouble))

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self._url + path, trust_env=False)

    def scrape(self) -> Scraped:
        return Scraped(self.get("/metrics").raise_for_status().text)

    def demand(self, *queues: str) -> int:
        query = "&".join(f"queue={queue}" for queue in queues)
        found: int = self.get(f"/demand?{query}").raise_for_status().json()["demand"]
        return found

    def close(self) -> None:
        self._port.close()


def _task(queue: str, number: int) -> NewTask:
    return NewTask(f"task-{number}", "add", queue, b"[1,2]", payload_digest(b"[1,2]"))


@pytest.fixture
def scraper(ledger: Ledger) -> Iterator[Scraper]:
    opened = Scraper(ledger)
    yield opened
    opened.close()


def test_a_scrape_reads_the_workers_once(
    ledger: Ledger, scraper: Scraper, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    ledger.runs.beat("W", {"queues": ["q"]})
    read = ledger.views.workers
    times: list[int] = []

    def counted() -> list[WorkerView]:
        times.append(1)
        return read()

    monkeypatch.setattr(ledger.views, "workers", counted)

    # When
    scraped = scraper.scrape()

    # Then
    assert len(times) == 1
    assert scraped.value("longshore_workers", alive="true") == 1
    assert scraped.value("longshore_queue_workers", queue="q") == 1


def test_an_empty_ledger_is_up(scraper: Scraper) -> None:
    # Given nothing / When it is scraped
    scraped = scraper.scrape()

    # Then the ledger is up, and so is this process
    assert scraped.value("longshore_ledger_up") == 1
    assert scraped.value("longshore_workers", alive="true") == 0
    assert scraped.value("longshore_parked") == 0
    assert (scraped.value("process_resident_memory_bytes") or 0) > 1_000_000
    assert scraped.value("process_cpu_seconds_total") is not None
    assert (scraped.value("longshore_ledger_memory_bytes") or 0) > 100_000
    assert scraped.value("longshore_ledger_memory_limit_bytes") == 0


def test_tasks_are_counted_by_queue_and_state(ledger: Ledger, scraper: Scraper, queue: str) -> None:
    # Given five tasks of which one is finished and one is running, on a queue the broker has told of
    ledger.intake.submit([_task(queue, n) for n in range(5)])
    ledger.runs.beat("worker-1", {"queues": [queue]})
    copies = ledger.outbox.claim(queue, 3, 10)
    ledger.outbox.confirm(queue, [(copy.id, copy.run) for copy in copies])
    asks = [StartAsk(copy.id, copy.run, f"worker-1.{n}") for n, copy in enumerate(copies[:2])]
    ledger.runs.start("worker-1", asks)
    ledger.runs.finish([Finish(asks[0].id, asks[0].token, Outcome.SUCCESS, b"3", 3_000_000)])
    ledger.maintenance.record_broker({queue: {"ready": 1, "consumers": 7}})

    # When they are scraped
    scraped = scraper.scrape()

    # Then every state has its number
    states = ("PENDING", "QUEUED", "STARTED", "SUCCESS", "FAILURE")
    counts = [scraped.value("longshore_tasks", queue=queue, state=state) for state in states]
    assert counts == [2, 1, 1, 1, 0]

    # And the queue its backlog, what is in the broker, and who serves it
    assert scraped.value("longshore_queue_backlog", queue=queue) == 3
    assert scraped.value("longshore_queue_demand", queue=queue) == 4
    assert scraped.value("longshore_queue_outstanding", queue=queue) == 1
    assert scraped.value("longshore_queue_workers", queue=queue) == 1
    assert scraped.value("longshore_queue_paused", queue=queue) == 0
    assert scraped.value("longshore_queue_broker_ready", queue=queue) == 1
    assert scraped.value("longshore_queue_broker_consumers", queue=queue) == 7
    age = scraped.value("longshore_queue_backlog_age_seconds", queue=queue)
    assert age is not None
    assert 0 <= age < 60
    assert scraped.value("longshore_workers", alive="true") == 1
    assert scraped.value("longshore_workers", alive="false") == 0
    assert scraped.value("longshore_running") == 1

    # And the counters and histograms are those that Prometheus knows
    assert scraped.value("longshore_submitted_total", queue=queue, task="add") == 5
    assert scraped.value("longshore_succeeded_total", queue=queue, task="add") == 1
    assert scraped.kinds["longshore_submitted"] == "counter"
    assert scraped.kinds["longshore_run_seconds"] == "histogram"
    assert scraped.value("longshore_run_seconds_bucket", queue=queue, le="2.048") == 0
    assert scraped.value("longshore_run_seconds_bucket", queue=queue, le="4.096") == 1
    assert scraped.value("longshore_run_seconds_bucket", queue=queue, le="+Inf") == 1
    assert scraped.value("longshore_run_seconds_count", queue=queue) == 1
    assert scraped.value("longshore_run_seconds_sum", queue=queue) == pytest.approx(3, rel=0.34)
    assert scraped.value("longshore_wait_seconds_count", queue=queue) == 2


def test_a_paused_queue_without_work_is_seen(ledger: Ledger, scraper: Scraper, queue: str) -> None:
    # Given a queue that is paused, its only task cancelled
    ledger.intake.submit([_task(queue, 0)])
    ledger.control.cancel(["task-0"])
    ledger.control.pause(queue)

    # When it is scraped / Then it is there
    scraped = scraper.scrape()
    assert scraped.value("longshore_queue_paused", queue=queue) == 1
    assert scraped.value("longshore_queue_backlog", queue=queue) == 0
    assert scraped.value("longshore_queue_backlog_age_seconds", queue=queue) == 0
    assert scraped.value("longshore_queue_broker_ready", queue=queue) == 0


def test_a_ledger_that_is_away_is_said_to_be(embedded: Server) -> None:
    # Given a ledger that dies
    ledger = Ledger.open(embedded.url)
    scraper = Scraper(ledger)
    embedded.kill()

    # When it is scraped
    scraped = scraper.scrape()

    # Then the answer says so, and the process's own figures are there
    assert scraped.value("longshore_ledger_up") == 0
    assert scraped.value("process_start_time_seconds") is not None
    assert scraped.value("longshore_workers", alive="true") is None

    # And nobody is told how many workers are wanted, but the scheduler is in service
    assert scraper.get("/demand").status_code == 503
    assert scraper.get("/readyz").status_code == scraper.get("/livez").status_code == 200
    scraper.close()
    ledger.close()


def test_before_there_was_a_ledger_it_lives_and_is_not_ready() -> None:
    # Given a scheduler that waits for its ledger
    scraper = Scraper(None)

    # When / Then
    assert scraper.scrape().value("longshore_ledger_up") == 0
    assert scraper.get("/livez").status_code == 200
    assert scraper.get("/readyz").status_code == 503
    assert scraper.get("/demand").status_code == 404
    scraper.close()


def test_a_loop_that_hangs_is_told(scraper: Scraper) -> None:
    # Given
    assert scraper.get("/livez").status_code == 200

    # When
    scraper.trouble = "the loop relay has not come round for 61 s"

    # Then
    answer = scraper.get("/livez")
    assert (answer.status_code, answer.text.strip()) == (503, scraper.trouble)


def test_demand_is_the_sum_of_the_queues_named_or_of_all(
    ledger: Ledger, scraper: Scraper, queue: str
) -> None:
    # Given three tasks of one queue and one of another
    ledger.intake.submit([_task(queue, n) for n in range(3)] + [_task(f"{queue}-b", 3)])

    # When / Then
    assert scraper.demand(queue) == 3
    assert scraper.demand(queue, f"{queue}-b", queue) == 4
    assert scraper.demand() == 4
    assert scraper.demand("never-seen") == 0
