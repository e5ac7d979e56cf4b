"""Pools grow and shrink, by hand and by themselves, and no task is lost, or run twice, for it."""

import time

import msgspec

from longshore_ledger.shapes import Task
from tests.cluster.harness import Harness
from tests.cluster.release import Pod, Release
from tests.cluster.values import pool, pools, values
from tests.faults.report import Report
from tests.faults.runs import running
from tests.services.waiting import eventually

TRIALS = 10
BACKLOG = 10_000


def test_scaling_a_pool_by_hand_loses_nothing_and_runs_nothing_twice(
    harness: Harness, release: Release, report: Report
) -> None:
    # Given a pool of two in the middle of 600 short tasks
    with running(harness, tasks=600, rate=40, prefix="scale", alone=False) as run:
        run.until_ended(50)

        # When it is scaled up, and, while every pod runs a task of 8 s, down, and back again
        release.scale("marks", 4)
        release.until_ready("worker", 4, "marks")
        run.submit_long(8, ms=8_000)
        eventually(lambda: len(run.running()) >= 7, within=30, every=0.1)
        for replicas in (1, 2):
            release.scale("marks", replicas)
            release.until_ready("worker", replicas, "marks")
        run.healed()
        verdict = report.judge("pool scaled to 4, 1 and 2 by `kubectl scale`", run.history(within=120))

    # Then
    assert verdict.holds, verdict
    assert verdict.duplicated == 0, verdict


def test_keda_brings_pods_for_a_backlog_and_takes_them_when_it_is_done(
    harness: Harness, release: Release
) -> None:
    # Given a pool at zero, whose tasks the catalogue knows all the same
    eventually(lambda: release.pods("worker", "burst") == [], within=180, every=1)

    # When 10,000 tasks of 50 ms come in
    ids = [f"burst-{number}" for number in range(BACKLOG)]
    lines = [msgspec.json.encode({"id": id, "task": "burst", "args": [n, 50]}) for n, id in enumerate(ids)]
    began = time.monotonic()
    for first in range(0, BACKLOG, 1000):
        answer = harness.http.post(
            "/v1/tasks/bulk",
            content=b"\n".join(lines[first : first + 1000]),
            headers={"Content-Type": "application/x-ndjson"},
        )
        assert answer.json()["accepted"] == 1000, answer.text

    # Then there are soon two pods, and more
    eventually(lambda: len(release.ready("worker", "burst")) >= 2, within=120, every=0.5)
    print(f"\nbacklog of {BACKLOG} x 50 ms to the second pod ready: {time.monotonic() - began:.1f} s")
    eventually(lambda: len(release.ready("worker", "burst")) == 3, within=120, every=0.5)

    # And none is left, nor anything lost, when what was not cancelled is done
    harness.ledger.control.cancel(ids[2000:])
    eventually(lambda: release.pods("worker", "burst") == [], within=240, every=1)
    ended = harness.ledger.views.states_of(ids)
    assert set(ended[:2000]) == {"SUCCESS"}
    assert set(ended[2000:]) <= {"SUCCESS", "REVOKED"}


def test_a_pool_is_scaled_by_its_use_of_the_processor(harness: Harness, release: Release) -> None:
    # Given a pool that an HorizontalPodAutoscaler scales
    spin = pool(
        "spin",
        autoscaling={"kind": "hpa", "min": 1, "max": 2, "cpu": 50, "cooldownSeconds": 0},
        resources={"requests": {"cpu": "200m", "memory": "96Mi"}, "limits": {"memory": "512Mi"}},
    )
    release.upgrade(values(workers=pools(spin=spin)))
    release.until_ready("worker", 1, "spin")

    # When there is work for its processor
    for number in range(600):
        harness.submit(f"spin-{number}", "spin", [number, 200])

    # Then there are two pods, and one when the work is done
    eventually(lambda: len(release.ready("worker", "spin")) == 2, within=180, every=1)
    harness.ledger.control.cancel([f"spin-{number}" for number in range(600)])
    eventually(lambda: len(release.pods("worker", "spin")) == 1, within=240, every=1)


def test_scale_in_takes_idle_pods_first(harness: Harness, release: Release) -> None:
    # Given a task of 60 s, begun on one of four pods
    release.scale("marks", 4)
    release.until_ready("worker", 4, "marks")
    harness.submit("long-60", "mark", [60, 60_000])

    # When another runs somewhere and the pool is scaled in to the pods that are busy, time and again
    trials = [_scaled_in_beside(harness, release, "long-60", f"trial-{n}") for n in range(TRIALS)]

    # Then those stayed
    assert all(stayed == busy for busy, stayed in trials), trials

    # And the long task has had one delivery
    task = eventually(lambda: _ended(harness, "long-60"), within=120, every=0.5)
    assert task is not None
    assert (task.state, task.deliveries) == ("SUCCESS", 1)
    release.scale("marks", 2)
    release.until_ready("worker", 2, "marks")


def _scaled_in_beside(harness: Harness, release: Release, long: str, other: str) -> tuple[set[str], set[str]]:
    """Which pods were busy, and which stayed."""
    harness.submit(other, "mark", [0, 30_000])
    busy = eventually(lambda: _busy(harness, release, long, other), within=60, every=0.1)
    eventually(lambda: _costly(release) == busy, within=30, every=0.2)
    release.scale("marks", len(busy))
    eventually(lambda: len(_staying(release)) == len(busy), within=60, every=0.2)
    stayed = _staying(release)
    harness.ledger.control.cancel([other])
    release.scale("marks", 4)
    release.until_ready("worker", 4, "marks")
    return busy, {pod.name for pod in stayed}


def _ended(harness: Harness, id: str) -> Task | None:
    task = harness.ledger.views.task(id)
    return task if task and task.finished_at else None


def _busy(harness: Harness, release: Release, *ids: str) -> set[str]:
    """Names of the pods that run those of the tasks that have not ended, once all are begun."""
    views = {view.id: view.info.get("host", "") for view in harness.ledger.views.workers()}
    tasks = [task for task in harness.ledger.views.tasks(ids) if task and not task.finished_at]
    hosts = {views.get(task.worker or "", "") for task in tasks if task.state == "STARTED"}
    return hosts if tasks and all(task.state == "STARTED" for task in tasks) and "" not in hosts else set()


def _costly(release: Release) -> set[str]:
    cost = "controller.kubernetes.io/pod-deletion-cost"
    return {pod.name for pod in release.ready("worker", "marks") if int(pod.annotations.get(cost, "0")) > 0}


def _staying(release: Release) -> list[Pod]:
    return [pod for pod in release.pods("worker", "marks") if not pod.leaving]
