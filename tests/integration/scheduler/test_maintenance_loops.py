"""Reconciler and retention call what keeps the ledger true."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from longshore.settings import Settings
from longshore.states import BatchState, State
from longshore_ledger import Ledger
from longshore_ledger.history import EVERY
from longshore_ledger.records import (
    Chunk,
    Finish,
    NewBatch,
    NewTask,
    Outcome,
    StartAsk,
    Verdict,
    payload_digest,
)
from longshore_scheduler import reconciler as reconciler_module
from longshore_scheduler.history import History
from longshore_scheduler.reconciler import Reconciler
from longshore_scheduler.retention import Retention
from tests.services.waiting import Eventually


@pytest.fixture
def settings() -> Settings:
    """Everything lapses at once, sooner than any operator may set."""
    return Settings.model_construct(
        heartbeat_timeout_seconds=0.2,
        ownership_timeout_seconds=0.1,
        restart_grace_seconds=0.0,
        upload_lease_seconds=0.2,
        retention_seconds=0.01,
    )


@pytest.fixture
def reconciler(ledger: Ledger) -> Iterator[Reconciler]:
    """A reconciler."""
    opened = Reconciler(ledger)
    yield opened
    opened.close()


def _submit(ledger: Ledger, queue: str, id: str) -> None:
    """A task."""
    ledger.intake.submit([NewTask(id, "add", queue, b"[1,2]", payload_digest(b"[1,2]"))])


def _start(ledger: Ledger, queue: str) -> str:
    """Have a worker that beats once start what is ready; returns its token."""
    ledger.runs.beat("worker-1", {"queues": [queue]})
    [copy] = ledger.outbox.claim(queue, 1, 10)
    [answer] = ledger.runs.start("worker-1", [StartAsk(copy.id, copy.run, "worker-1.1")])
    assert answer.verdict is Verdict.RUN
    return "worker-1.1"


def test_a_task_whose_worker_vanished_is_made_ready(
    ledger: Ledger, reconciler: Reconciler, queue: str, eventually: Eventually
) -> None:
    # Given a task of a worker that beats no more
    _submit(ledger, queue, "task")
    _start(ledger, queue)

    # When the reconciler goes on reaping
    with capture_logs() as lines:
        eventually(lambda: (reconciler.step(), ledger.outbox.backlog() == {queue: 1})[1])

    # Then it waits for another one, and the log says that there was a crash
    [task] = ledger.views.tasks(["task"])
    assert task is not None
    assert task.state is State.PENDING
    assert [(line["released"], line["crashes"]) for line in lines] == [(0, 1)]


def test_an_upload_that_broke_off_is_given_up(
    ledger: Ledger, reconciler: Reconciler, queue: str, eventually: Eventually
) -> None:
    # Given a batch whose upload sends nothing more
    ledger.batches.open(NewBatch("batch", "add", queue, payload_digest(b"file")))
    ledger.batches.add("batch", 0, [Chunk(1, ["1 2"])])

    # When the reconciler goes on walking
    def state() -> str | None:
        reconciler.step()
        batch = ledger.batches.get("batch")
        return batch.state if batch else None

    # Then the batch is revoked
    eventually(lambda: state() == BatchState.REVOKED)


def test_long_walks_leave_time_for_reaping(
    ledger: Ledger, reconciler: Reconciler, queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a batch of more chunks than one round may visit
    monkeypatch.setattr(reconciler_module, "_MOST_WALKS", 1)
    ledger.batches.open(NewBatch("batch", "add", queue, payload_digest(b"file")))
    ledger.batches.add("batch", 0, [Chunk(n + 1, [f"{n} {n}"]) for n in range(1200)])
    ledger.batches.close("batch")
    before = ledger.outbox.backlog()[queue]

    # When the reconciler steps
    pauses = []
    while ledger.outbox.backlog()[queue] < 1200:
        pauses.append(reconciler.step())

    # Then it goes on without a pause until all are ready
    assert before < 1200
    assert set(pauses) == {0.0}
    while (pause := reconciler.step()) == 0.0:
        pass
    assert pause == 0.5


def test_finished_tasks_are_forgotten(ledger: Ledger, queue: str, eventually: Eventually) -> None:
    # Given a finished task and a waiting one
    _submit(ledger, queue, "finished")
    token = _start(ledger, queue)
    ledger.runs.finish([Finish("finished", token, Outcome.SUCCESS, b"3", 1000)])
    _submit(ledger, queue, "waiting")
    retention = Retention(ledger)

    # When retention goes on
    with capture_logs() as lines:
        eventually(lambda: (retention.step() == 30.0, ledger.views.task("finished") is None)[1])
        retention.step()

    # Then only the finished one is gone, and one line says so
    assert ledger.views.task("waiting") is not None
    assert [(line["event"], line["count"]) for line in lines] == [("retired finished tasks", 1)]
    retention.close()


def test_a_queue_without_tasks_is_forgotten(ledger: Ledger, queue: str, eventually: Eventually) -> None:
    # Given a queue whose one task was cancelled, and one with a task that waits
    _submit(ledger, queue, "cancelled")
    ledger.control.cancel(["cancelled"])
    _submit(ledger, f"{queue}.other", "waiting")
    retention = Retention(ledger)

    # When
    with capture_logs() as lines:
        eventually(lambda: (retention.step(), ledger.views.queue_names() == {f"{queue}.other"})[1])

    # Then
    assert lines[-1]["event"] == "retired empty queues"
    assert lines[-1]["queues"] == [queue]


def test_the_figures_are_sampled(ledger: Ledger, queue: str) -> None:
    # Given
    _submit(ledger, queue, "waiting")

    # When two schedulers look in the same slot of time
    pauses = [History(ledger).step() for _ in range(2)]

    # Then there is one sample, and the next one is due when the next slot begins
    assert [sample.of(queue).waiting for sample in ledger.history.read()][:1] == [1]
    assert all(0 < pause <= EVERY + 1 for pause in pauses)
