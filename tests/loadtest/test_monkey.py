"""Whatever becomes of the monkey, what it broke is made whole."""

import signal
import sys
import threading
import time
from os import environ
from pathlib import Path

import pytest

from longshore_loadtest.faults.active_faults import ActiveFaults, heal
from longshore_loadtest.faults.monkey import Monkey
from longshore_loadtest.faults.plan import Plan, Step
from longshore_loadtest.targets.disruptions.every import AnyDisruption
from longshore_loadtest.targets.disruptions.freeze import Freeze
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.local import LocalTarget
from longshore_loadtest.targets.processes import Process
from longshore_loadtest.targets.target import Instance
from tests.loadtest.standing_in import FROZEN, ROOT, RUNNING, Told, data, freezing, target, worker
from tests.services.program import Program
from tests.services.waiting import Eventually

__all__ = ["data", "target"]


def test_a_fault_heals_when_its_time_is_over(target: LocalTarget, tmp_path: Path) -> None:
    # Given
    told, active_faults, states = Told(), ActiveFaults(tmp_path / "active_faults"), list[str]()
    one = worker(target)

    def tell(name: str, place: str, phase: str, detail: str) -> None:
        told(name, place, phase, detail)
        states.append(one.state())
        if phase == "begun":
            assert [entry.active_fault.fault for entry in active_faults.left()] == ["freeze"]

    # When
    Monkey(target, Plan([freezing(0.3)]), active_faults, tell).run()

    # Then
    assert told.phases() == ["begun", "ended", "healed"]
    assert told.lines[0] == ("freeze", "worker", "begun", f"worker ({one.pid}), for 0.3 s, chance 7")
    assert states[-1] in RUNNING
    assert active_faults.left() == []


def test_a_frozen_process_is_stopped_with_its_children(
    target: LocalTarget, tmp_path: Path, eventually: Eventually
) -> None:
    # Given
    stop = threading.Event()
    family = worker(target).family()
    monkey = Monkey(target, Plan([freezing(60.0)]), ActiveFaults(tmp_path), Told())

    # When
    thread = threading.Thread(target=monkey.run, args=[stop])
    thread.start()

    # Then
    assert len(family) == 2
    eventually(lambda: {one.state() for one in family} == {FROZEN})

    # When the run is over before the fault is
    stop.set()
    thread.join(30)

    # Then
    assert not thread.is_alive()
    assert {one.state() for one in family} <= RUNNING


def test_a_killed_part_is_whole_when_another_is_there(target: LocalTarget, tmp_path: Path) -> None:
    # Given
    before = worker(target)
    told = Told()

    # When
    Monkey(target, Plan([Step(0.0, "kill-forced", "worker", 0.0, 1)]), ActiveFaults(tmp_path), told).run()

    # Then
    assert told.phases() == ["begun", "ended", "healed"]
    assert not before.alive()
    assert worker(target).pid != before.pid


def test_what_heals_slowly_puts_off_all_that_follows(target: LocalTarget, tmp_path: Path) -> None:
    # Given a killed part that is there again after a while, and a fault that is due before
    told, moments = Told(), list[float]()

    def tell(name: str, place: str, phase: str, detail: str) -> None:
        told(name, place, phase, detail)
        moments.append(time.monotonic())

    # When
    steps = [Step(0.0, "kill-forced", "worker", 0.0, 1), freezing(0.1, at=0.5)]
    Monkey(target, Plan(steps), ActiveFaults(tmp_path), tell).run()

    # Then the calm between them is whole
    assert told.phases() == ["begun", "ended", "healed"] * 2
    assert moments[3] - moments[2] >= 0.5


def test_an_exception_heals(target: LocalTarget, tmp_path: Path) -> None:
    # Given somebody who is told, and fails
    def tell(_name: str, _place: str, phase: str, _detail: str) -> None:
        if phase == "begun":
            raise KeyboardInterrupt

    # When
    with pytest.raises(KeyboardInterrupt):
        Monkey(target, Plan([freezing(60.0)]), ActiveFaults(tmp_path), tell).run()

    # Then
    assert worker(target).state() in RUNNING
    assert ActiveFaults(tmp_path).left() == []


@pytest.mark.parametrize("words", [[], ["--thread"]], ids=["main thread", "daemon thread"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda one: one.name)
def test_a_signal_heals(
    data: Path,
    target: LocalTarget,
    tmp_path: Path,
    eventually: Eventually,
    number: signal.Signals,
    words: list[str],
) -> None:
    # Given a process that has frozen the worker
    breaking = _breaking(data, tmp_path, words)
    one = worker(target)
    eventually(lambda: one.state() == FROZEN, within=30)

    # When
    breaking.process.send_signal(number)
    breaking.wait()

    # Then
    assert one.state() in RUNNING
    assert ActiveFaults(tmp_path / "active_faults").left() == []


def test_an_interrupt_while_it_heals_does_not_leave_it_unhealed(
    target: LocalTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given somebody who presses Ctrl-C again
    healing = Freeze.end
    pressed = list[int]()

    def interrupted(self: Freeze, main: Process) -> None:
        pressed.append(1)
        if len(pressed) == 1:
            raise KeyboardInterrupt
        healing(self, main)

    monkeypatch.setattr(Freeze, "end", interrupted)

    # When
    with pytest.raises(KeyboardInterrupt):
        Monkey(target, Plan([freezing(0.1)]), ActiveFaults(tmp_path), Told()).run()

    # Then
    assert worker(target).state() in RUNNING
    assert ActiveFaults(tmp_path).left() == []


def test_healing_is_tried_again(target: LocalTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a target that cannot be reached twice
    undo, tried, told = LocalTarget.undo, list[int](), Told()

    def away(self: LocalTarget, name: str, instance: Instance, disruption: AnyDisruption) -> None:
        tried.append(1)
        if len(tried) < 3:
            raise Impossible("no answer")
        undo(self, name, instance, disruption)

    monkeypatch.setattr(LocalTarget, "undo", away)

    # When
    Monkey(target, Plan([freezing(0.1)]), ActiveFaults(tmp_path), told).run()

    # Then
    assert told.phases() == ["begun", "ended", "healed"]


def test_what_a_killed_monkey_left_is_healed_from_the_record(
    data: Path, target: LocalTarget, tmp_path: Path, eventually: Eventually
) -> None:
    # Given
    breaking = _breaking(data, tmp_path, [])
    one = worker(target)
    eventually(lambda: {member.state() for member in one.family()} == {FROZEN}, within=30)

    # When
    breaking.kill()
    told = heal(tmp_path / "active_faults")

    # Then
    assert told == {f"freeze/worker (worker ({one.pid}))": None}
    assert {member.state() for member in one.family()} <= RUNNING
    assert heal(tmp_path / "active_faults") == {}


def test_an_active_fault_that_cannot_be_healed_stays_on_record(
    data: Path, tmp_path: Path, eventually: Eventually
) -> None:
    # Given
    breaking = _breaking(data, tmp_path, [])
    eventually(lambda: ActiveFaults(tmp_path / "active_faults").left(), within=30)
    breaking.kill()

    def nobody(_address: object) -> LocalTarget:
        raise Impossible("nobody answers")

    # When
    first = heal(tmp_path / "active_faults", nobody)

    # Then
    assert list(first.values()) == ["nobody answers"]
    assert list(heal(tmp_path / "active_faults").values()) == [None]


def test_what_does_not_come_back_is_not_called_healed(
    target: LocalTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a target that is never whole
    told = Told()
    monkeypatch.setattr(LocalTarget, "whole", lambda _self, _part: False)

    # When
    Monkey(target, Plan([freezing(0.1)]), ActiveFaults(tmp_path), told, recovery=0.5).run()

    # Then
    assert told.phases() == ["begun", "ended", "given-up"]
    assert told.lines[-1][3] == "not whole within 0.5 s"


@pytest.mark.parametrize(("whole", "more"), [(True, ""), (False, "; not whole within 0.5 s")])
def test_what_could_not_be_begun_is_told_with_the_reason(
    target: LocalTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: bool, more: str
) -> None:
    # Given a target that lets nothing be done to it
    def refused(
        _self: LocalTarget, _name: str, _one: Instance, _disruption: AnyDisruption, _for: float
    ) -> None:
        raise Impossible("forbidden")

    told = Told()
    monkeypatch.setattr(LocalTarget, "disrupt", refused)
    monkeypatch.setattr(LocalTarget, "whole", lambda _self, _part: whole)

    # When
    Monkey(target, Plan([freezing(60.0)]), ActiveFaults(tmp_path), told, recovery=0.5).run()

    # Then
    assert told.phases() == ["begun", "failed"]
    assert told.lines[-1][3] == f"it could not be begun: forbidden{more}"
    assert ActiveFaults(tmp_path).left() == []


def test_what_would_not_be_over_in_time_does_not_begin(target: LocalTarget, tmp_path: Path) -> None:
    # Given two faults that are too late, or too long, and one that is neither
    told = Told()
    steps = [freezing(0.1), freezing(600.0, at=0.2), freezing(0.1, at=300.0)]
    monkey = Monkey(target, Plan(steps), ActiveFaults(tmp_path), told, length=60.0)

    # When
    monkey.run()

    # Then
    assert told.phases() == ["begun", "ended", "healed"]
    assert monkey.missed() == "2 of 3 planned did not come: freeze/worker"


def test_what_healing_puts_off_for_too_long_does_not_begin(
    target: LocalTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a target that takes longer to heal than there is time
    told = Told()
    monkeypatch.setattr(LocalTarget, "whole", lambda _self, _part: False)
    steps = [freezing(0.0), freezing(0.0, at=0.1)]
    monkey = Monkey(target, Plan(steps), ActiveFaults(tmp_path), told, recovery=1.0, length=1.0)

    # When
    monkey.run()

    # Then
    assert told.phases() == ["begun", "ended", "given-up"]
    assert monkey.missed() == "1 of 2 planned did not come: freeze/worker"


def _breaking(data: Path, tmp_path: Path, words: list[str]) -> Program:
    places = (str(data), str(tmp_path / "active_faults"))
    command = [sys.executable, "-m", "tests.loadtest.breaking", *places, *words]
    program = Program(command, tmp_path / "breaking.log", environ, ROOT)
    program.start()
    return program
