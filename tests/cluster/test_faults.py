"""Pods are deleted, and the ledger refuses, while tasks come in: nothing is lost, a run completes once."""

from collections.abc import Iterator
from itertools import count

import pytest

from longshore_loadtest.targets.disruptions.ledger import Busy, Forbid, ReadOnly
from longshore_loadtest.targets.kubernetes import KubernetesTarget
from longshore_loadtest.targets.target import Cluster
from tests.cluster.harness import Harness
from tests.cluster.kubectl import apply, get, kubectl
from tests.cluster.loading import IMAGE
from tests.cluster.release import Release
from tests.faults.report import Report
from tests.faults.runs import running
from tests.services.waiting import eventually

TASKS, RATE = 500, 50.0
_runs = count()


def prefix() -> str:
    """A prefix of ids for each run: all share a ledger."""
    return f"fault{next(_runs)}"


@pytest.fixture
def agents(namespace: str) -> Iterator[str]:
    """A namespace in which pods may be privileged."""
    name = f"{namespace}-chaos"
    apply("default", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield name
    kubectl("delete", "namespace", name, "--wait=false")


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


def test_a_ledger_that_answers_with_errors_loses_nothing(
    harness: Harness, release: Release, report: Report, agents: str
) -> None:
    # Given a release in the middle of 500 tasks
    address = Cluster(release.namespace, release.name, agents=agents, image=IMAGE)
    target = KubernetesTarget(address)
    with running(harness, tasks=TASKS, rate=RATE, prefix=prefix(), alone=False) as run:
        run.until_ended(100)

        # When its ledger is busy, forbids scripts, takes no writes, and nobody calls the agents back
        for name, disruption in (("busy", Busy()), ("noperm", Forbid()), ("readonly", ReadOnly())):
            (ledger,) = target.instances("redis")
            target.disrupt(name, ledger, disruption, 4.0)

            def ended(agent: str = name) -> bool:
                return bool(get("pod", agent, "-n", agents)["status"]["phase"] == "Succeeded")

            eventually(ended, within=60, every=0.5)
        run.healed()
        verdict = report.judge("redis answers BUSY, NOPERM, READONLY for 4 s each", run.history(within=120))

    # Then all is done, once
    assert verdict.holds, verdict
