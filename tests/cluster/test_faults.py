"""Pods are deleted while tasks come in: nothing is lost, and each run has one completion."""

from itertools import count

import pytest

from tests.cluster.harness import Harness
from tests.cluster.release import Release
from tests.faults.report import Report
from tests.faults.runs import running
from tests.services.waiting import eventually

TASKS, RATE = 500, 50.0
_runs = count()


def prefix() -> str:
    """A prefix of ids for each run: all share a ledger."""
    return f"fault{next(_runs)}"


@pytest.mark.parametrize("force", [False, True], ids=["gracefully", "by force"])
@pytest.mark.parametrize("component", ["api", "scheduler", "worker", "rabbitmq", "redis", "flower"])
def test_a_pod_deleted_under_load_loses_nothing(
    harness: Harness, release: Release, report: Report, component: str, force: bool
) -> None:
    # Given a release in the middle of 500 tasks
    pool = "marks" if component == "worker" else None
    before = {pod.uid for pod in release.ready(component, pool)}
    with running(harness, tasks=TASKS, rate=RATE, prefix=prefix(), alone=False) as run:
        run.until_ended(100)

        # When a pod of this part is deleted while tasks of 5 s run, and another takes its place
        run.submit_long(4, ms=5_000)
        eventually(lambda: len(run.running()) >= 3, within=30, every=0.1)
        victim = release.ready(component, pool)[0]
        release.delete(victim.name, force=force)

        def replaced() -> bool:
            ready = {pod.uid for pod in release.ready(component, pool)}
            return len(ready) == len(before) and victim.uid not in ready

        eventually(replaced, within=180, every=0.5)
        run.healed()
        verdict = report.judge(
            f"{component} pod deleted {'by force' if force else 'gracefully'}", run.history(within=120)
        )

    # Then all is done, once; only a worker that had no grace had its tasks run again
    assert verdict.holds, verdict
    again = component == "worker" and force
    assert (verdict.duplicated > 0) is again, verdict
