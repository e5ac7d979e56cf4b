"""A release on an API server that is none, for tests of what the faults ask of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kubernetes import client

from longshore_loadtest.faults.active_faults import ActiveFaults
from longshore_loadtest.faults.monkey import Monkey
from longshore_loadtest.faults.plan import Plan, Step
from longshore_loadtest.targets.kubernetes import KubernetesTarget
from longshore_loadtest.targets.target import Cluster as Address
from tests.loadtest.api_server import AGENTS, SPACE, Cluster, serving

PODS = f"/api/v1/namespaces/{SPACE}/pods"
AGENT_PODS = f"/api/v1/namespaces/{AGENTS}/pods"


@pytest.fixture
def cluster() -> Cluster:
    """A release with two pods of what may have two, on two nodes."""
    cluster = Cluster()
    cluster.add_node("n1")
    cluster.add_node("n2")
    for component, replicas in (("api", 2), ("scheduler", 2), ("flower", 1)):
        cluster.add_workload("deployments", component, replicas)
    cluster.add_workload("deployments", "worker", 2, pool="default", node="n2")
    for component in ("rabbitmq", "redis"):
        cluster.add_workload("statefulsets", component, 1)
    return cluster


@pytest.fixture
def url(cluster: Cluster) -> Iterator[str]:
    """Where it is served."""
    with serving(cluster) as url:
        yield url


def target_of(url: str, address: Address) -> KubernetesTarget:
    configuration = client.Configuration(host=url)
    configuration.proxy = None
    return KubernetesTarget(address, client.ApiClient(configuration))


@pytest.fixture
def target(url: str) -> KubernetesTarget:
    """The release, with agents."""
    return target_of(url, Address(SPACE, agents=AGENTS))


def endure(target: KubernetesTarget, folder: Path, *steps: Step) -> list[str]:
    told = list[str]()

    def tell(_fault: str, _place: str, phase: str, detail: str) -> None:
        told.append(f"{phase}: {detail}" if phase == "skipped" or "could not" in detail else phase)

    Monkey(
        target, Plan(steps), ActiveFaults(folder / "active_faults"), tell, minimum_age=30.0, recovery=10.0
    ).run()
    return told
