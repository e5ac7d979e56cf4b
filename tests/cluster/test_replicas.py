"""More than one of a part: RabbitMQ's three nodes, and two schedulers that export one truth."""

import re

import httpx
import pytest

from tests.cluster.forward import Forward
from tests.cluster.harness import Harness
from tests.cluster.kubectl import Refused
from tests.cluster.release import Release
from tests.cluster.values import pool, values
from tests.faults.report import Report
from tests.faults.runs import running
from tests.services.waiting import eventually

LEDGER_METRICS = re.compile(
    r"^longshore_(?:tasks|queue_backlog|queue_outstanding|succeeded_total|parked)\b.*$", re.MULTILINE
)


def test_a_node_of_three_is_killed_and_two_schedulers_tell_the_same(alone: Release, report: Report) -> None:
    # Given three nodes in one cluster, two schedulers, and workers
    three = values(
        workers={"marks": pool("marks", replicas=2)}, rabbitmq={"replicas": 3}, scheduler={"replicas": 2}
    )
    alone.install(three)
    listed = "length(rabbit_nodes:list_running())."
    assert alone.execute(f"{alone.name}-rabbitmq-0", "rabbitmqctl", "eval", listed).strip() == "3"

    # When one is killed in the middle of 500 tasks
    with Harness(alone) as harness, running(harness, tasks=500, rate=40, prefix="node", alone=False) as run:
        run.until_ended(100)
        alone.delete(f"{alone.name}-rabbitmq-1", force=True)
        alone.until_ready("rabbitmq", 3, within=180)
        run.healed()
        verdict = report.judge("one RabbitMQ node of three deleted by force", run.history(within=120))

    # Then nothing is lost
    assert verdict.holds, verdict

    # And both schedulers export the same figures of the ledger
    def told_alike() -> bool:
        told = [_metrics(alone, pod.name) for pod in alone.ready("scheduler")]
        return len(told) == 2 and told[0] == told[1] and len(told[0]) > 10

    eventually(told_alike, within=30, every=0.5)

    # And it does not shrink to one node, which would have no majority
    with pytest.raises(Refused, match=r"rabbitmq\.replicas: 3 nodes"):
        alone.upgrade({**three, "rabbitmq": {"replicas": 1}})


def _metrics(release: Release, pod: str) -> list[str]:
    with Forward(release.namespace, f"pod/{pod}", 9090) as forward:

        def page() -> str:
            try:
                return httpx.get(f"http://127.0.0.1:{forward.port}/metrics", trust_env=False).text
            except httpx.TransportError as error:
                raise OSError(str(error)) from error

        return sorted(LEDGER_METRICS.findall(eventually(page, within=20, every=0.2)))
