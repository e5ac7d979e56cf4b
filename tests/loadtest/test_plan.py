"""A plan of faults: the same from the same seed, fair to every fault, and read back from a history."""

from collections import Counter
from itertools import pairwise

import pytest

from longshore_loadtest.faults.choices import EVERY, Choice, chosen
from longshore_loadtest.faults.kinds import FAULTS
from longshore_loadtest.faults.plan import Plan, drawn, replayed
from longshore_loadtest.history.record import Fault, Header, Phase
from longshore_loadtest.targets.impossible import Impossible

CHOICES = chosen(["kill-*/worker", "freeze", "node-drain"])


def _drawn(seed: int, choices: list[Choice] = CHOICES, length: float = 3600.0) -> Plan:
    return drawn(choices, seed=seed, length=length, interval=20.0, duration=10.0)


def test_the_same_seed_makes_the_same_plan_and_another_seed_another() -> None:
    assert _drawn(1) == _drawn(1)
    assert _drawn(1).steps != _drawn(2).steps


def test_the_order_in_which_faults_are_named_makes_no_difference() -> None:
    assert _drawn(1, CHOICES[::-1]) == _drawn(1)


def test_a_plan_ends_in_time_and_leaves_pauses_between_faults() -> None:
    # When
    steps = _drawn(3).steps

    # Then
    assert steps[-1].at + steps[-1].seconds <= 3600.0
    pauses = [after.at - before.at - before.seconds for before, after in pairwise(steps)]
    assert min(pauses) >= 9.9
    assert max(pauses) <= 30.2


def test_in_every_round_each_fault_comes_as_often_as_its_weight_says() -> None:
    # Given
    a_round = sum(FAULTS[choice.fault].weight for choice in EVERY)

    # When
    steps = _drawn(4, list(EVERY), length=2 * 3600.0 * 24).steps
    first, second = (
        Counter(Choice(step.fault, step.place) for step in steps[at : at + a_round]) for at in (0, a_round)
    )

    # Then
    assert first == second == {choice: FAULTS[choice.fault].weight for choice in EVERY}
    assert first[Choice("kill-forced", "worker")] == 3


def test_what_is_over_in_a_moment_does_not_last() -> None:
    assert {step.seconds == 0.0 for step in _drawn(5).steps if step.fault.startswith("kill")} == {True}
    assert all(5.0 <= step.seconds <= 15.0 for step in _drawn(5).steps if step.fault == "freeze")


def test_a_lost_node_is_away_for_longer_than_kubernetes_needs_to_notice() -> None:
    assert {step.seconds for step in _drawn(5, chosen(["node-loss"])).steps} == {90.0}


def test_what_is_too_long_for_a_plan_is_passed_over_and_the_rest_comes() -> None:
    # Given faults of which one lasts longer than the whole plan
    choices = chosen(["kill-*/worker", "node-loss"])

    # When
    plans = [_drawn(seed, choices, length=60.0) for seed in range(20)]

    # Then
    assert all(plan.steps for plan in plans)
    assert {step.fault for plan in plans for step in plan.steps} == {one.fault for one in choices} - {
        "node-loss"
    }
    assert _drawn(1, chosen(["node-loss"]), length=60.0).steps == []


def test_a_plan_of_a_seed_stays_what_it_was() -> None:
    # Given what earlier versions drew
    steps = drawn(
        chosen(["kill-*/worker", "!kill-group", "freeze"]), seed=1, length=60.0, interval=10.0, duration=3.0
    ).steps

    # Then
    assert [(step.at, step.fault, step.place, step.seconds) for step in steps] == [
        (13.9, "freeze", "scheduler", 2.7),
        (29.3, "kill-forced", "worker", 0.0),
        (41.3, "kill-process", "worker", 0.0),
        (53.6, "kill-graceful", "worker", 0.0),
    ]


def test_a_plan_without_faults_is_empty() -> None:
    assert _drawn(1, []).steps == []


def test_a_plan_says_whether_its_time_suffices_for_each_fault() -> None:
    # Given
    choices = chosen(["kill-forced/worker", "freeze/redis"])

    # Then
    long, short, none = (_drawn(1, choices, length) for length in (200.0, 31.0, 5.0))
    assert long.said() == f"{len(long.steps)} planned, each of 2 at least once"
    assert short.said() == "1 planned; 1 of 2 do not come in this time: freeze/redis"
    assert none.said() == "0 planned; 2 of 2 do not come in this time: freeze/redis, kill-forced/worker"
    assert Plan(long.steps).said() == f"{len(long.steps)} planned"


def test_a_run_is_repeated_from_its_history() -> None:
    # Given the history of a run that followed a plan, with a fault that found nobody
    plan = _drawn(6)
    lines = [
        Fault(
            at=100.0 + step.at,
            name=step.fault,
            target=step.place,
            phase="skipped" if number == 2 else "begun",
            detail=f"worker (17), {step.said()}",
        )
        for number, step in enumerate(plan.steps)
    ]

    # When
    again = replayed([Header(run="r", started_at="2026-01-01T00:00:00Z"), *lines], begins_at=100.0)

    # Then
    assert again.steps == plan.steps


@pytest.mark.parametrize("end", ["healed", "given-up", "ended"])
def test_a_repeated_run_is_not_put_off_by_healing_twice(end: Phase) -> None:
    # Given a run in which all that follows a fault came later by what it took to heal
    plan, lines, healing = _drawn(6), list[Fault](), 0.0
    for number, step in enumerate(plan.steps):
        at, name, place = step.at + healing, step.fault, step.place
        lines.append(Fault(at=at, name=name, target=place, phase="begun", detail=f"x, {step.said()}"))
        lines.append(Fault(at=at + step.seconds, name=name, target=place, phase="ended"))
        if number % 3 == 0:
            healing += 7.0
            lines.append(Fault(at=at + step.seconds + 7.0, name=name, target=place, phase=end))

    # Then
    assert replayed(lines).steps == plan.steps


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["freeze/redis"], {"freeze/redis"}),
        (["*/flower", "!kill-*"], {"freeze/flower", "rolling-upgrade/flower", "scale-to-zero/flower"}),
        (
            ["cut", "!cut/rabbitmq:*", "!*/api:client"],
            {"cut/redis:api", "cut/redis:scheduler", "cut/redis:worker"},
        ),
    ],
)
def test_patterns_choose(patterns: list[str], expected: set[str]) -> None:
    assert {str(choice) for choice in chosen(patterns)} == expected


def test_a_misspelt_fault_is_not_passed_over() -> None:
    with pytest.raises(Impossible, match="no fault is called freze"):
        chosen(["freze"])


def test_patterns_that_choose_nothing_together_are_an_error() -> None:
    with pytest.raises(Impossible, match=r"these choose no fault: kill-\* !kill-\*"):
        chosen(["kill-*", "!kill-*"])


def test_without_patterns_everything_is_chosen() -> None:
    assert chosen([]) == chosen(["all"]) == list(EVERY)
    assert chosen(["all", "!node-*"]) == chosen(["!node-*"])
    assert chosen(["!node-*"]) == [choice for choice in EVERY if choice.place != "node"]
