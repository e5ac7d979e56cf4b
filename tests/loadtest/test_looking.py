"""How much memory and processor copies of parts take, as Kubernetes and /proc tell it."""

import os
import subprocess
import sys
import time
from subprocess import PIPE

import pytest

from longshore_loadtest.run.looking import Usage, looked, quantity, usage
from longshore_loadtest.run.taken import Meter
from longshore_loadtest.targets.processes import Process, process
from longshore_loadtest.targets.target import Instance

_BUSY = "import time\nwhile time.process_time() < 0.1: pass\nprint(flush=True)\ninput()"
"""Ten ticks of the clock by which the kernel tells what a process has used: whoever uses less has used 0."""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("123456Ki", 126_418_944.0),
        ("96Mi", 100_663_296.0),
        ("1G", 1e9),
        ("1500000", 1_500_000.0),
        ("2000m", 2.0),
        ("0.5", 0.5),
        ("12345678n", 0.012345678),
        ("250u", 0.00025),
    ],
)
def test_quantities_are_read_as_kubernetes_writes_them(text: str, number: float) -> None:
    assert quantity(text) == pytest.approx(number)


def test_a_pod_takes_what_its_containers_take() -> None:
    # Given
    told = {
        "items": [
            {
                "metadata": {"name": "longshore-api-1"},
                "containers": [
                    {"usage": {"memory": "1Mi", "cpu": "250m"}},
                    {"usage": {"memory": "1Mi", "cpu": "500000000n"}},
                ],
            }
        ]
    }

    # Then
    assert usage(told) == {"longshore-api-1": Usage(2.0 * 2**20, 0.75)}


def test_a_copy_that_was_started_again_is_another_one() -> None:
    # Given
    first, again = (Instance("worker", "longshore-worker-1", f"uid.{restarts}", 1.0) for restarts in (0, 1))
    usages = {"longshore-worker-1": Usage(3e8, 0.5)}

    # When
    seen = [looked({"worker": [one]}, lambda one: usages.get(one.name)) for one in (first, again)]

    # Then
    assert [one.memory for one in seen] == [{"worker": {"uid.0": 3e8}}, {"worker": {"uid.1": 3e8}}]


def test_a_part_uses_the_cores_of_its_copies_and_what_is_not_known_is_left_out() -> None:
    # Given
    copies = [Instance("worker", name, name, 1.0, ready=name != "c") for name in "abc"]
    usages = {"a": Usage(3e8, 0.5), "b": Usage(2e8, 0.25)}

    # When
    seen = looked(
        {"worker": copies, "api": [Instance("api", "d", "d", 1.0)], "redis": []},
        lambda one: usages.get(one.name),
    )

    # Then
    assert seen.replicas == {"worker": 2, "api": 1}
    assert seen.memory == {"worker": {"a": 3e8, "b": 2e8}}
    assert seen.processor == {"worker": 0.75}


def test_a_process_that_works_is_seen_to_use_a_processor() -> None:
    # Given
    me = process(os.getpid())
    assert me
    meter = Meter()
    meter.begin()
    before = meter.taken(me.uid)

    # When
    until = time.process_time() + 0.1
    while time.process_time() < until:
        pass
    meter.begin()
    after = meter.taken(me.uid)

    # Then
    assert before
    assert before[1] is None
    assert after
    assert after[0] > 0
    assert after[1]


def test_a_process_that_is_gone_takes_nothing() -> None:
    # Given: one whose number nobody has, and one whose number another process has now
    me = process(os.getpid())
    assert me
    meter = Meter()
    meter.begin()

    # Then
    assert meter.taken(f"{2**22 + 1}.1") is None
    assert meter.taken(Process(me.pid, me.ticks - 1).uid) is None


def test_what_a_process_used_is_not_known_when_the_look_before_missed_it() -> None:
    # Given
    me = process(os.getpid())
    assert me
    meter = Meter()
    meter.begin()
    meter.taken(me.uid)

    # When
    meter.begin()
    meter.begin()
    missed = meter.taken(me.uid)
    meter.begin()
    seen = meter.taken(me.uid)

    # Then
    assert missed
    assert missed[1] is None
    assert seen
    assert seen[1] is not None


def test_a_process_that_began_since_the_look_before_has_used_all_that_it_used() -> None:
    # Given
    meter = Meter()
    meter.begin()

    # When
    with subprocess.Popen([sys.executable, "-S", "-c", _BUSY], stdin=PIPE, stdout=PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        young = process(child.pid)
        assert young
        meter.begin()
        taken = meter.taken(young.uid)
        child.communicate(b"\n")

    # Then
    assert taken
    assert taken[1]
