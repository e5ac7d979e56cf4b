"""What the monkey leaves alone, and that it says why."""

from pathlib import Path

from longshore_loadtest.faults.active_faults import ActiveFaults
from longshore_loadtest.faults.monkey import Monkey
from longshore_loadtest.faults.plan import Plan, Step
from longshore_loadtest.targets.local import LocalTarget
from tests.loadtest.standing_in import RUNNING, Told, data, freezing, target, worker

__all__ = ["data", "target"]


def test_a_young_copy_is_spared(target: LocalTarget, tmp_path: Path) -> None:
    # Given
    told = Told()

    # When
    Monkey(target, Plan([freezing(1.0)]), ActiveFaults(tmp_path), told, minimum_age=3600.0).run()

    # Then
    assert told.lines == [
        ("freeze", "worker", "skipped", "nobody to hit: 1 ready, younger than 3600 s (for 1 s, chance 7)")
    ]


def test_only_those_who_are_called_so_are_hit(target: LocalTarget, tmp_path: Path) -> None:
    # Given
    told = Told()

    # When
    Monkey(target, Plan([freezing(1.0)]), ActiveFaults(tmp_path), told, names="*-marks-*").run()

    # Then
    assert told.lines[0][3] == "nobody to hit: none is ready and called *-marks-* (for 1 s, chance 7)"


def test_a_fault_that_a_target_cannot_have_is_skipped_with_the_reason(
    target: LocalTarget, tmp_path: Path
) -> None:
    # Given
    told = Told()
    steps = [
        Step(0.0, "broker-alarm", "rabbitmq", 1.0, 1),
        Step(0.0, "node-drain", "node", 1.0, 1),
        Step(0.0, "freeze", "flower", 1.0, 1),
        Step(0.0, "latency", "redis:worker", 1.0, 1),
        Step(0.0, "clock-skew", "worker", 1.0, 1),
    ]

    # When
    Monkey(target, Plan(steps), ActiveFaults(tmp_path), told).run()

    # Then
    assert told.phases() == ["skipped"] * 5
    reasons = [detail for *_, detail in told.lines]
    for reason, expected in zip(
        reasons, ["no RabbitMQ", "no nodes", "flower does not run", "no proxy", "libfaketime"], strict=True
    ):
        assert expected in reason


def test_a_dry_run_touches_nothing_and_tells_who_it_would_be(target: LocalTarget, tmp_path: Path) -> None:
    # Given
    one, told = worker(target), Told()
    plan = Plan([Step(1e6, "kill-forced", "worker", 0.0, 1), freezing(5.0, at=2e6)])

    # When
    Monkey(target, plan, ActiveFaults(tmp_path), told, dry_run=True).run()

    # Then
    assert told.phases() == ["skipped", "skipped"]
    assert told.lines[0][3] == f"dry run, at 1e+06 s: worker ({one.pid}) (for 0 s, chance 1)"
    assert one.state() in RUNNING
