"""What a child makes of the items of a job."""

import json
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

import pytest
from celery.app.trace import build_tracer, setup_worker_optimizations

from longshore import current
from longshore.task import Task, task
from longshore.task.decorator import registry
from longshore_worker.celery_adapter import tasks
from longshore_worker.celery_adapter.app import make_app
from longshore_worker.execution.child import Item, Performance
from longshore_worker.execution.result_slots import Ended, Kind, ResultSlots

LIMIT = 200


@pytest.fixture
def run() -> Iterator[Callable[..., list[Ended]]]:
    """`run(function, [args, …], cancel=0)` runs a job as a child does and returns what is in its slot."""
    known = dict(registry)

    def run_(
        function: Callable[..., Any],
        *arguments: list[Any] | dict[str, Any],
        cancel: int | None = None,
        offset: int = -1,
    ) -> list[Ended]:
        registered: Task[..., Any] = task("probed")(function)
        app: Any = make_app("amqp://", {"probed": registered}, ["probed"])
        setup_worker_optimizations(app, "here")
        for name, each in app.tasks.items():
            each.__trace__ = build_tracer(name, each, app.loader, "here", app=app)
        tasks._tasks.cache_clear()
        result_slots = ResultSlots.create(1, LIMIT)
        slot = result_slots.slots[0]
        slot.give_to(1)
        if cancel is not None:
            slot.ask_to_stop(cancel)
        bodies = [
            json.dumps([[], args, {}] if isinstance(args, dict) else [args, {}, {}]).encode()
            for args in arguments
        ]
        if offset >= 0:
            bodies = [json.dumps([[], {"first": 1, "lines": arguments[0], "header": None}, {}]).encode()]
        tasks.run_job(
            result_slots.place,
            0,
            1,
            [Item("probed", f"id-{n}", 1, body, offset) for n, body in enumerate(bodies)],
        )
        registry.pop("probed")
        return list(slot.read(slot.used))

    yield run_
    registry.clear()
    registry.update(known)
    tasks._tasks.cache_clear()


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
    assert ended.kind is Kind.REFUSED, "which is not retried"
    assert json.loads(ended.value)["type"] == kind


@pytest.mark.parametrize(
    "name", ["self", "kwargs", "args", "task", "request", "uuid", "name", "id", "retries", "sender", "cls"]
)
def test_a_parameter_may_be_called_what_it_likes(run: Run, name: str) -> None:
    # Given a name that the tracer, the task's class or a signal has a use for
    scope: dict[str, Any] = {}
    exec(f"def named({name}: int) -> int:\n    return {name}", scope)

    # When it comes by name and by position
    ended = run(scope["named"], {name: 1}, [2])

    # Then
    assert [(one.kind, one.value) for one in ended] == [(Kind.SUCCESS, b"1"), (Kind.SUCCESS, b"2")]


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


class Unspeakable(Exception):
    def __init__(self, how: str) -> None:
        self.how = how

    def __str__(self) -> str:
        match self.how:
            case "raises":
                raise ValueError("no words")
            case "exits":
                sys.exit(3)
            case "ends never":
                while True:
                    pass
        return cast("str", None)

    __repr__ = __str__


@pytest.mark.parametrize("how", ["raises", "exits", "ends never", "is no text"])
def test_an_error_that_cannot_say_what_it_is_keeps_its_type(run: Run, how: str) -> None:
    # Given
    def fail(a: int) -> None:
        raise Unspeakable(how)

    # When
    [first, second] = run(fail, [1], [2])

    # Then
    for ended in (first, second):
        error = json.loads(ended.value)
        assert (ended.kind, error["type"]) == (Kind.FAILURE, "Unspeakable")
        assert "its message cannot be shown" in error["message"]
        assert "in fail" in error["traceback"]


@pytest.mark.parametrize(
    ("done", "total", "shown"),
    [
        (1, 4, (1, 4)),
        (True, 4.0, (1, 4)),
        (0.5, 1, (500, 1000)),
        (Decimal("2.5"), 10, (2500, 10_000)),
        (Fraction(1, 4), 1, (250, 1000)),
        (-3, 10, (0, 10)),
        (7, 0, (7, 0)),
        (2**70, 2**70, (2**64 - 1, 2**64 - 1)),
    ],
)
def test_progress_takes_any_number(run: Run, done: Any, total: Any, shown: tuple[int, int]) -> None:
    # Given
    seen = []

    def tell() -> None:
        running = current()
        running.progress(done, total)
        assert isinstance(running.sink, Performance)
        seen.append(running.sink.slot.progress)

    # When
    [ended] = run(tell, [])

    # Then
    assert ended.kind is Kind.SUCCESS, ended.value
    assert seen == [shown]


@pytest.mark.parametrize("done", ["1", None, 1j, float("nan"), float("inf"), [1], Decimal("Infinity")])
def test_what_is_no_number_gets_an_error_that_speaks_of_progress(run: Run, done: Any) -> None:
    # When
    [ended] = run(lambda: current().progress(done, 1), [])

    # Then
    error = json.loads(ended.value)
    assert error["type"] == "TypeError"
    assert error["message"].startswith("progress(done, total) takes two finite numbers; done is ")
