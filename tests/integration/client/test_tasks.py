"""Tasks by the client, as one who uses it sees them."""

import threading

import pytest

from longshore import Client
from longshore.client import (
    BadArguments,
    Conflict,
    NotFound,
    Rejected,
    StillRunning,
    Submission,
    TaskFailed,
    TaskRevoked,
)
from longshore.states import State
from longshore_examples.arithmetic import add
from tests.integration.api.stand_in import StandInWorker


def test_a_task_goes_in_and_its_result_comes_out(client: Client, worker: StandInWorker) -> None:
    # Given
    handle = client.submit("add", 2, 3, priority=9)
    assert handle.status().state is State.PENDING

    # When
    worker.run("add")

    # Then
    task = handle.wait(10)
    assert handle.result(10) == 5
    assert (task.state, task.priority, task.args, task.attempt) == (State.SUCCESS, 9, [2, 3], 1)
    assert task.submitted_at is not None
    assert task.finished_at is not None
    assert task.finished_at >= task.submitted_at


def test_a_waiting_client_hears_at_once(client: Client, worker: StandInWorker) -> None:
    # Given a client that waits
    handle = client.submit(add, named={"a": 2**70, "b": 1})
    results: list[object] = []
    waiting = threading.Thread(target=lambda: results.append(handle.result(30)))
    waiting.start()

    # When
    worker.run("add")

    # Then
    waiting.join(20)
    assert results == [2**70 + 1]


def test_a_failure_is_raised_as_the_task_raised_it(client: Client, worker: StandInWorker) -> None:
    handle = client.submit("divide", 1, 0)

    worker.run("divide")

    with pytest.raises(TaskFailed, match="ZeroDivisionError: division by zero"):
        handle.result(10)
    # And it can be run once more
    assert handle.retry().state is State.PENDING


def test_a_cancelled_task_never_runs(client: Client, worker: StandInWorker) -> None:
    handle = client.submit("add", 2, 3)

    assert handle.cancel().state is State.REVOKED

    assert worker.run("add") == 0
    with pytest.raises(TaskRevoked):
        handle.result(10)


def test_a_wait_ends_with_the_time(client: Client) -> None:
    with pytest.raises(StillRunning, match="PENDING"):
        client.submit("add", 2, 3).wait(0.2)


def test_what_is_not_valid_is_said_with_the_field(client: Client) -> None:
    with pytest.raises(Rejected, match="expected 2 values"):
        client.submit("add", 2)
    with pytest.raises(NotFound, match="catalogue"):
        client.submit("no-such-task")
    with pytest.raises(NotFound, match="never accepted"):
        client.task("no-such-id")
    with pytest.raises(BadArguments):
        client.submit("add", float("nan"), 1)


def test_one_id_is_one_task(client: Client) -> None:
    # Given
    assert not client.submit("add", 2, 3, id="mine").repeated

    # Then the same is the same, and another is refused
    assert client.submit("add", 2, 3, id="mine").repeated
    with pytest.raises(Conflict, match="another payload"):
        client.submit("add", 2, 4, id="mine")


def test_many_go_in_at_once_and_come_out_page_by_page(client: Client, worker: StandInWorker) -> None:
    # Given 2,500, three of them wrong
    bad = {7, 1500, 2000}
    result = client.submit_many(
        Submission("add", [n] if n in bad else [n, n], id=f"bulk-{n}") for n in range(2500)
    )

    # Then the wrong ones are told by their place
    assert result.accepted == 2497
    assert [(one.line, one.id) for one in result.rejected] == [(n + 1, f"bulk-{n}") for n in sorted(bad)]
    assert "b" in result.rejected[0].reason

    # When
    worker.run("add")

    # Then
    done = {task.id: task.result for task in client.tasks(state="SUCCESS", task="add", page=500)}
    assert done == {f"bulk-{n}": 2 * n for n in range(2500) if n not in bad}

    # And sending them again adds nothing
    again = client.submit_many([Submission("add", [1, 1], id="bulk-1")])
    assert (again.accepted, again.repeated) == (0, 1)


def test_why_a_task_waits_is_explained(client: Client) -> None:
    client.pause("add")

    explanation = client.explain(client.submit("add", 2, 3).id)

    assert "pause" in explanation.reason


def test_queues_workers_and_the_catalogue_are_listed(client: Client, worker: StandInWorker) -> None:
    # Given
    client.submit("add", 2, 3)
    client.submit("add", 2, 4)
    worker.begin("add")
    client.pause("add")

    # Then
    (queue,) = [queue for queue in client.queues() if queue.name == "add"]
    assert queue.counts["STARTED"] == 2
    assert queue.paused
    (divide,) = [task for task in client.catalogue() if task.name == "divide"]
    assert divide.parameters == ("a", "b")
    assert divide.schema["properties"].keys() == {"a", "b"}
    client.resume("add")
    assert not any(queue.paused for queue in client.queues())
    (one,) = client.workers()
    assert (one.id, one.holds, one.alive) == ("STANDIN1", 2, True)
