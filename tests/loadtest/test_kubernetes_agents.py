"""Agents that are sent and called back: the real client, real HTTP, and a server that is none."""

import json
from pathlib import Path
from typing import Any

import pytest

from longshore_loadtest.faults.active_faults import ActiveFaults
from longshore_loadtest.faults.monkey import Monkey
from longshore_loadtest.faults.plan import Plan, Step
from longshore_loadtest.targets.disruptions.freeze import Freeze
from longshore_loadtest.targets.kubernetes import KubernetesTarget, agents
from tests.loadtest.api_server import Cluster
from tests.loadtest.release import AGENT_PODS, PODS, cluster, endure, target, url

__all__ = ["cluster", "target", "url"]


class _Logs(dict[str, int]):
    """Refuses to show logs, so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self._times = times

    def get(self, line: str, default: Any = None) -> Any:
        if line.endswith("/log") and self._times:
            self._times -= 1
            return 500
        return default


@pytest.mark.parametrize("fault", ["freeze", "kill-process", "kill-child"])
def test_an_agent_is_sent_to_the_node_and_called_back(
    target: KubernetesTarget, cluster: Cluster, tmp_path: Path, fault: str
) -> None:
    # Given a container that was started again by the time it is looked for
    def restart() -> None:
        for pod in cluster.pods("worker"):
            cluster.objects[f"{PODS}/{pod}"]["status"]["containerStatuses"][0]["restartCount"] += 1

    told = list[str]()

    def tell(_fault: str, _place: str, phase: str, detail: str) -> None:
        told.append(phase)
        if phase == "ended":
            restart()

    # When
    plan = Plan([Step(0.0, fault, "worker", 0.5 if fault == "freeze" else 0.0, 3)])
    Monkey(target, plan, ActiveFaults(tmp_path), tell, recovery=10.0).run()

    # Then
    assert told == ["begun", "ended", "healed"]
    (pod,) = cluster.asked("POST", AGENT_PODS)
    (container,) = pod["spec"]["containers"]
    assert (pod["spec"]["nodeName"], pod["spec"]["hostPID"]) == ("n2", True)
    assert pod["spec"]["activeDeadlineSeconds"] >= 60
    assert container["securityContext"]["privileged"]
    assert container["args"][0].startswith("--container=c")
    assert json.loads(container["args"][2])["type"] == {"kill-process": "kill"}.get(fault, fault)
    assert cluster.asked("DELETE", AGENT_PODS)
    assert not [path for path in cluster.objects if path.startswith(AGENT_PODS)]


def test_a_cut_is_told_the_addresses_of_the_clients(
    target: KubernetesTarget, cluster: Cluster, tmp_path: Path
) -> None:
    # When
    told = endure(target, tmp_path, Step(0.0, "cut", "rabbitmq:worker", 0.1, 3))

    # Then
    assert told == ["begun", "ended", "healed"]
    (pod,) = cluster.asked("POST", AGENT_PODS)
    disruption = json.loads(pod["spec"]["containers"][0]["args"][2])
    assert disruption == {
        "type": "cut",
        "addresses": [address for one in target.instances("worker") for address in one.addresses],
    }
    assert pod["spec"]["nodeName"] == "n1"


def test_an_agent_that_cannot_is_called_back_and_its_reason_told(
    target: KubernetesTarget, cluster: Cluster, tmp_path: Path
) -> None:
    # Given
    cluster.agents_say = "4096 MiB are left in /data"
    cluster.agents_phase = "Failed"

    # When
    told = endure(target, tmp_path, Step(0.0, "disk-full", "redis", 0.1, 3))

    # Then
    assert told[1] == "failed: it could not be begun: 4096 MiB are left in /data"
    assert cluster.asked("DELETE", AGENT_PODS)


def test_an_agent_that_was_over_before_its_log_could_be_read_has_begun(
    target: KubernetesTarget, cluster: Cluster, tmp_path: Path
) -> None:
    # Given
    cluster.agents_phase = "Succeeded"
    cluster.refused = _Logs(times=100)

    # When
    told = endure(target, tmp_path, Step(0.0, "freeze", "redis", 0.1, 3))

    # Then
    assert told == ["begun", "ended", "healed"]


def test_an_agent_whose_log_is_refused_at_first_is_waited_for(
    target: KubernetesTarget, cluster: Cluster, tmp_path: Path
) -> None:
    # Given
    cluster.refused = _Logs(times=2)

    # When
    told = endure(target, tmp_path, Step(0.0, "freeze", "redis", 0.1, 3))

    # Then
    assert told == ["begun", "ended", "healed"]


def test_an_agent_whose_log_stays_refused_is_told_with_the_refusal(
    target: KubernetesTarget, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    monkeypatch.setattr(agents, "_PATIENCE", 1.0)
    cluster.refused = _Logs(times=100)

    # When
    told = endure(target, tmp_path, Step(0.0, "freeze", "redis", 0.1, 3))

    # Then
    assert "could not be begun: read the log of agent" in told[1]
    assert told[1].endswith("500 Internal Server Error")


def test_a_disruption_is_asked_for_once_though_the_answer_was_lost(
    target: KubernetesTarget, cluster: Cluster
) -> None:
    # Given an agent of that name
    (redis,) = target.instances("redis")
    target.disrupt("w1", redis, Freeze(), 1.0)
    cluster.refused[f"POST {AGENT_PODS}"] = 409

    # When
    target.disrupt("w1", redis, Freeze(), 1.0)
    target.undo("w1", redis, Freeze())
    target.undo("w1", redis, Freeze())

    # Then
    assert not [path for path in cluster.objects if path.startswith(AGENT_PODS)]
