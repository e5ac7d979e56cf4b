"""Nodes that are drained and lost: the real client, real HTTP, and a server that is none."""

import shlex
import sys
from pathlib import Path

from longshore_loadtest.faults.plan import Step
from longshore_loadtest.targets.kubernetes import KubernetesTarget
from longshore_loadtest.targets.target import Cluster as Address
from tests.loadtest.api_server import SPACE, Cluster
from tests.loadtest.release import PODS, cluster, endure, target, target_of, url

__all__ = ["cluster", "target", "url"]


def test_a_drained_node_takes_pods_again(target: KubernetesTarget, cluster: Cluster, tmp_path: Path) -> None:
    # When
    told = endure(target, tmp_path, Step(0.0, "node-drain", "node", 0.5, 3))

    # Then
    assert told == ["begun", "ended", "healed"]
    patched = cluster.asked("PATCH", "/nodes/")
    assert [body["spec"]["unschedulable"] for body in patched] == [True, None]
    assert cluster.asked("POST", "/eviction")


def test_an_eviction_that_a_budget_refuses_is_asked_again(target: KubernetesTarget, cluster: Cluster) -> None:
    # Given
    (flower,) = cluster.pods("flower")
    cluster.refused[f"POST {PODS}/{flower}/eviction"] = 429

    # When
    left = [target.nodes().evict("n1"), target.nodes().evict("n1")]

    # Then
    assert left[1] == 1
    assert len(cluster.asked("POST", f"{flower}/eviction")) == 2


def test_a_cluster_of_one_node_is_not_drained(target: KubernetesTarget, cluster: Cluster) -> None:
    # Given
    cluster.objects["/api/v1/nodes/n2"]["spec"]["unschedulable"] = True

    # Then
    assert "one node" in str(target.lacks("nodes"))


def test_the_node_that_is_lost_is_never_that_of_the_data(url: str, cluster: Cluster, tmp_path: Path) -> None:
    # Given commands that take a node away and give it back
    notes = tmp_path / "notes"
    script = f"import sys; open({str(notes)!r}, 'a').write(' '.join(sys.argv[1:]) + ';')"
    command = shlex.join([sys.executable, "-c", script])
    address = Address(SPACE, cut_node=f"{command} cut {{node}}", restore_node=f"{command} restore {{node}}")

    # When
    told = endure(
        target_of(url, address), tmp_path, *(Step(0.0, "node-loss", "node", 0.1, n) for n in range(2))
    )

    # Then
    assert told == ["begun", "ended", "healed"] * 2
    assert notes.read_text() == "cut n2;restore n2;" * 2
