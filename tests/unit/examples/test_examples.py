"""The examples do what their first lines say."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from longshore.lines import BadLine, error_line, parse, pieces, render, split
from longshore.running import Current, enter
from longshore.task import Task, load_tasks, registry

REQUESTS = Path(__file__).parents[3] / "examples" / "requests"


class Sink:
    def __init__(self, *, stop: bool = False) -> None:
        self.seen: list[tuple[int, int]] = []
        self._stop = stop

    def progress(self, done: int, total: int) -> None:
        self.seen.append((done, total))

    def cancelled(self) -> bool:
        return self._stop


@pytest.fixture
def run() -> Callable[..., Any]:
    """Run an example as a worker would."""
    load_tasks([])

    def run(name: str, *args: Any, attempt: int = 1, sink: Sink | None = None) -> Any:
        with enter(Current("t1", attempt, sink or Sink())):
            return registry[name].call(*args)

    return run


def test_they_are_found_by_their_entry_point() -> None:
    expected = {"add", "subtract", "multiply", "divide", "sleep", "flaky", "cpu", "wordcount"}
    assert expected <= set(load_tasks([]))
    assert all(registry[name].spec.summary for name in expected)


@pytest.mark.parametrize(
    ("name", "result"), [("add", "7"), ("subtract", "-1"), ("multiply", "12"), ("divide", "0.75")]
)
def test_arithmetic_keeps_integers(run: Callable[..., Any], name: str, result: str) -> None:
    assert repr(run(name, 3, 4)) == result


def test_divide_refuses_zero(run: Callable[..., Any]) -> None:
    with pytest.raises(ZeroDivisionError):
        run("divide", 1, 0)


def test_sleep_tells_how_far_it_is(run: Callable[..., Any]) -> None:
    sink = Sink()
    assert run("sleep", 0.2, sink=sink) == "slept 0.2 s"
    assert sink.seen == [(1, 2), (2, 2)]


def test_sleep_stops_when_cancelled(run: Callable[..., Any]) -> None:
    assert run("sleep", 1000.0, sink=Sink(stop=True)) == "woken after 0.0 s"


def test_flaky_fails_as_often_as_it_is_told(run: Callable[..., Any]) -> None:
    with pytest.raises(ConnectionError, match="attempt 2"):
        run("flaky", 2, attempt=2)
    assert run("flaky", 2, attempt=3) == "worked at attempt 3"


def test_cpu_counts_primes_and_says_how_far_it_is(run: Callable[..., Any]) -> None:
    sink = Sink()
    assert run("cpu", 20_001, sink=sink) == 2262
    assert sink.seen == [(10_000, 20_001), (20_000, 20_001)]


def test_wordcount_counts_words(run: Callable[..., Any]) -> None:
    assert run("wordcount", "The sea, the ship") == {"the": 2, "sea": 1, "ship": 1}


def test_the_file_of_numbers_gives_the_output_that_its_readme_promises() -> None:
    # Given the file and the task
    add: Task[..., Any] = load_tasks([])["add"]

    # When each of its lines is run
    output = []
    with (REQUESTS / "numbers.txt").open("rb") as file:
        for number, line in enumerate(split(pieces(file)), 1):
            try:
                args = parse(line, add.spec)
                if isinstance(args, list | dict):
                    bound, named = add.bind(args)
                    output.append(render(add.call(*bound, **named)))
                else:
                    output.append("")
            except BadLine as error:
                output.append(error_line(number, str(error)))

    # Then there is a line for each, in order
    assert output == [
        "7",
        "0.30000000000000004",
        "15",
        "",
        "error: line 5: b: expected a number, got 'seven'",
        "error: line 6: expected 2 values, got 3",
        "12345678901234567891",
    ]
