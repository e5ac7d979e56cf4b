"""What a child makes of the items of a job."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery.app.trace import build_tracer, setup_worker_optimizations

from longshore import current
from longshore.task import Task, task
from longshore.task.decorator import registry
from longshore_worker import child
from longshore_worker.app import make_app
from longshore_worker.board import Board, Ended, Kind
from longshore_worker.child import Item, run_job

LIMIT = 200


@pytest.fixture
def run() -> Iterator[Callable[..., list[Ended]]]:
    """`run(function, [args, …], cancel=0)` runs a job as a child does and returns what is on the board."""
    known = dict(registry)

    def run_(
        function: Callable[..., Any], *arguments: list[Any], cancel: int | None = None, offset: int = -1
    ) -> list[Ended]:
        registered: Task[..., Any] = task("probed")(function)
        app: Any = make_app("amqp://", {"probed": registered}, ["probed"])
        setup_worker_optimizations(app, "here")
        for name, each in app.tasks.items():
            each.__trace__ = build_tracer(name, each, app.loader, "here", app=app)
        child._tasks.cache_clear()
        board = Board.create(1, LIMIT)
        slot = board.slots[0]
        slot.give_to(1)
        if cancel is not None:
            slot.ask_to_stop(cancel)
        bodies = [json.dumps([args, {}, {}]).encode() for args in arguments]
        if offset >= 0:
            bodies = [json.dumps([[], {"first": 1, "lines": arguments[0], "header": None}, {}]).encode()]
        run_job(
            board.place, 0, 1, [Item("probed", f"id-{n}", 1, body, offset) for n, body in enumerate(bodies)]
        )
        registry.pop("probed")
        return list(slot.read(slot.used))

    yield run_
    registry.clear()
    registry.update(known)
    child._tasks.cache_clear()


Run = Callable[..., list[Ended]]


def test_items_run_in_order_and_their_results_are_json(run: Run) -> None:
    # When
    ended = run(lambda a: {"n": a}, [1], [2])

    # Then
    assert [(one.index, one.kind, one.value) for one in ended] == [
        (0, Kind.SUCCESS, b'{"n":1}'),
        (1, Kind.SUCCESS, b'{"n":2}'),
    ]


@pytest.mark.parametrize(
    ("result", "kind"),
    [(float("inf"), "NotJSON"), (object(), "NotJSON"), ("x" * LIMIT, "ResultTooLarge")],
)
def test_a_result_that_cannot_be_kept_is_a_failure(run: Run, result: object, kind: str) -> None:
    # When
    [ended] = run(lambda: result, [])

    # Then
    assert ended.kind is Kind.FAILURE
    assert json.loads(ended.value)["type"] == kind


def test_an_error_is_kept_with_the_users_frames_alone(run: Run) -> None:
    # Given
    def divide(a: int) -> float:
        return a / 0

    # When
    [ended] = run(divide, [1])

    # Then
    error = json.loads(ended.value)
    assert (error["type"], error["message"]) == ("ZeroDivisionError", "division by zero")
    assert "in divide" in error["traceback"]
    assert "longshore_worker" not in error["traceback"]


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), MemoryError()])
def test_no_error_ends_the_child(run: Run, error: BaseException) -> None:
    # Given
    def fail(a: int) -> int:
        if a:
            raise error
        return a

    # When
    ended = run(fail, [1], [0])

    # Then
    assert [one.kind for one in ended] == [Kind.FAILURE, Kind.SUCCESS]


def test_arguments_that_do_not_fit_are_refused(run: Run) -> None:
    # Given
    def add(a: int) -> int:
        return a

    # When
    [ended] = run(add, ["one"])

    # Then
    assert ended.kind is Kind.REFUSED
    assert json.loads(ended.value)["type"] == "InvalidArguments"


def test_a_task_that_stops_because_it_was_asked_to_is_stopped(run: Run) -> None:
    # When
    ended = run(lambda a: [a, current().cancelled()], [1], [2], cancel=0)

    # Then
    assert [one.kind for one in ended] == [Kind.STOPPED, Kind.SUCCESS]


def test_lines_are_parsed_run_and_rendered(run: Run) -> None:
    # Given
    calls: list[int] = []

    def halve(a: int) -> float:
        calls.append(a)
        if a == 13:
            raise ValueError("unlucky")
        return a / 2

    # When
    ended = run(halve, ["skipped", "1", "", "two", "13", "4"], offset=1)

    # Then
    assert [(one.index, one.kind) for one in ended] == [
        (0, Kind.SUCCESS),
        (1, Kind.BLANK),
        (2, Kind.FAILURE),
        (3, Kind.FAILURE),
        (4, Kind.SUCCESS),
    ]
    assert ended[0].value == b"0.5"
    assert ended[3].value == b"ValueError: unlucky"
    assert calls == [1, 13, 4]
