"""Loops run until they are stopped, whatever is away."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import pytest
import structlog
from structlog.testing import capture_logs

from longshore.errors import BrokerUnavailable, LedgerUnavailable
from longshore_scheduler import runner as runner_module
from longshore_scheduler.backoff import Backoff
from longshore_scheduler.runner import Runner
from tests.services.waiting import Eventually

AWAY = [LedgerUnavailable(url="redis://stub", reason="asleep"), BrokerUnavailable(reason="refused")]


class Told:
    """A loop whose steps do as they are told."""

    order: ClassVar[list[str]] = []

    def __init__(self, name: str, *steps: Exception | float, needs: frozenset[str] = frozenset()) -> None:
        self.name = name
        self.needs = needs
        self.steps = list(steps)
        self.taken = 0

    def step(self) -> float:
        self.taken += 1
        result = self.steps.pop(0) if self.steps else 0.001
        if isinstance(result, Exception):
            raise result
        return result

    def close(self) -> None:
        self.order.append(self.name)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backoff, "next", lambda _self: 0.001)
    Told.order.clear()


@contextmanager
def running(*loops: Told) -> Iterator[Runner]:
    runner = Runner(loops)
    runner.start()
    try:
        yield runner
    finally:
        runner.stop()


def test_loops_stop_in_the_order_given(eventually: Eventually) -> None:
    # Given three loops that run
    loops = [Told("relay"), Told("watch"), Told("reconciler")]
    with running(*loops):
        eventually(lambda: all(loop.taken > 3 for loop in loops))

    # When they are stopped / Then each was closed, the first one first, and none has a thread any more
    assert Told.order == ["relay", "watch", "reconciler"]
    assert not {"relay", "watch", "reconciler"} & {thread.name for thread in threading.enumerate()}


def test_a_pause_does_not_delay_stopping() -> None:
    # Given a loop that wants to wait for an hour
    with running(Told("retention", 3600.0)):
        pass

    # When it is stopped / Then it does
    assert Told.order == ["retention"]


@pytest.mark.parametrize("error", AWAY, ids=["ledger", "broker"])
def test_what_is_away_is_tried_again_and_said_twice(error: Exception, eventually: Eventually) -> None:
    # Given a loop that misses something three times
    what = "ledger" if isinstance(error, LedgerUnavailable) else "broker"
    loop = Told("relay", error, error, error, needs=frozenset({"ledger", "broker"}))

    # When it runs
    with capture_logs() as lines, running(loop):
        eventually(lambda: loop.taken > 5)

    # Then there is one line when it went away, with the reason, and one when it was back
    assert [(line["event"], line["what"]) for line in lines] == [("away", what), ("back", what)]
    assert lines[0]["reason"] in ("asleep", "refused")


def test_a_loop_that_needs_no_broker_does_not_say_that_it_is_back(eventually: Eventually) -> None:
    # Given a relay that misses the broker for ever, and a reconciler that does well without
    relay = Told("relay", *[AWAY[1]] * 5000, needs=frozenset({"ledger", "broker"}))
    reconciler = Told("reconciler", needs=frozenset({"ledger"}))

    # When both run
    with capture_logs() as lines, running(relay, reconciler):
        eventually(lambda: reconciler.taken > 5 and relay.taken > 5)

    # Then the broker is still away
    assert [line["event"] for line in lines] == ["away"]


def test_a_defect_is_logged_and_the_loop_goes_on(eventually: Eventually) -> None:
    # Given a loop with a defect in one of its rounds
    loop = Told("relay", ZeroDivisionError("oops"))

    # When it runs
    with capture_logs() as lines, running(loop):
        eventually(lambda: loop.taken > 3)

    # Then the defect is in the log
    assert [(line["log_level"], line["event"], line["loop"]) for line in lines] == [
        ("error", "loop failed", "relay")
    ]


def test_a_loop_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch, eventually: Eventually) -> None:
    # Given a loop that does not come back from a step
    monkeypatch.setattr(runner_module, "_STOP_SECONDS", 0.01)
    released = threading.Event()

    class Hanging(Told):
        def step(self) -> float:
            self.taken += 1
            released.wait()
            return 0.0

    hanging, other = Hanging("relay"), Told("watch")

    # When everything is stopped
    with capture_logs() as lines, running(hanging, other):
        eventually(lambda: hanging.taken)

    # Then the others stop all the same, and the log says which did not
    assert Told.order == ["watch"]
    assert [(line["event"], line["loop"]) for line in lines] == [("loop does not stop", "relay")]
    released.set()
    eventually(lambda: Told.order == ["watch", "relay"])


def test_a_loop_that_does_not_come_round_is_trouble(
    monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    # Given a loop that hangs in a step, one that waits for its next, and one that misses something
    released = threading.Event()

    class Hanging(Told):
        def step(self) -> float:
            self.taken += 1
            released.wait()
            return 0.0

    hanging, waiting, missing = Hanging("relay"), Told("retention", 3600.0), Told("watch", *AWAY * 5000)
    with capture_logs(), running(hanging, waiting, missing) as runner:
        eventually(lambda: hanging.taken and waiting.taken and missing.taken > 3)
        assert runner.trouble() is None

        # When a minute has passed
        monkeypatch.setattr(runner_module, "_STILL_SECONDS", 0.0)

        # Then the one is known
        eventually(lambda: "relay has not come round" in (runner.trouble() or ""))
        released.set()
        eventually(lambda: hanging.taken > 3)


def test_what_the_process_says_of_itself_is_in_every_line(eventually: Eventually) -> None:
    # Given a process that has bound its part
    seen: list[dict[str, object]] = []

    class Looking(Told):
        def step(self) -> float:
            seen.append(structlog.contextvars.get_contextvars())
            return 0.001

    # When a loop runs in its own thread
    with structlog.contextvars.bound_contextvars(part="scheduler"), running(Looking("relay")):
        eventually(lambda: seen)

    # Then it knows
    assert seen[0]["part"] == "scheduler"
