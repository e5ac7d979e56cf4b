"""What the faults ask of Kubernetes: the real client, real HTTP, and a server that is none."""

from pathlib import Path

import pytest

from longshore_loadtest.faults.active_faults import ActiveFaults, heal
from longshore_loadtest.faults.choices import EVERY, Choice, reasons
from longshore_loadtest.faults.monkey import Monkey
from longshore_loadtest.faults.plan import Plan, Step
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.kubernetes import KubernetesTarget
from longshore_loadtest.targets.kubernetes.connection import connect
from longshore_loadtest.targets.target import Cluster as Address
from tests.loadtest.api_server import AGENTS, SPACE, Cluster
from tests.loadtest.release import PODS, cluster, endure, target, target_of, url

__all__ = ["cluster", "target", "url"]


def test_pods_are_found_by_the_charts_labels(target: KubernetesTarget, cluster: Cluster) -> None:
    # Given a pod that may do what workers may and belongs to no pool
    labels = {"app.kubernetes.io/instance": "longshore", "app.kubernetes.io/component": "worker"}
    cluster.add_pod("proxy", labels, "n1")

    # When
    workers = target.instances("worker")

    # Then
    assert [one.name.rpartition("-")[0] for one in workers] == ["longshore-worker-default"] * 2
    assert {one.node for one in workers} == {"n2"}
    assert all(one.ready and 50 < one.age < 120 and one.addresses for one in workers)
    assert target.whole("worker")


def test_a_pod_that_is_not_ready_or_leaves_makes_a_part_not_whole(
    target: KubernetesTarget, cluster: Cluster
) -> None:
    # Given
    first, second = cluster.pods("api")
    cluster.objects[f"{PODS}/{first}"]["status"]["conditions"][0]["status"] = "False"
    cluster.objects[f"{PODS}/{second}"]["metadata"]["deletionTimestamp"] = "2026-11-21T19:00:00Z"

    # Then
    assert [one.name for one in target.instances("api")] == [first]
    assert not target.whole("api")
    assert target.whole("scheduler")


@pytest.mark.parametrize("generation", [1, 2])
def test_a_part_of_which_pods_are_old_is_not_whole(
    target: KubernetesTarget, cluster: Cluster, generation: int
) -> None:
    # Given a Deployment whose controller has not seen the newest template, or has one pod of it
    found = cluster.objects[f"/apis/apps/v1/namespaces/{SPACE}/deployments/longshore-api"]
    found["metadata"]["generation"] = 2
    found["status"] |= {"observedGeneration": generation, "updatedReplicas": 2 if generation == 1 else 1}

    # Then
    assert not target.whole("api")


@pytest.mark.parametrize(("fault", "grace"), [("kill-graceful", None), ("kill-forced", 0)])
@pytest.mark.parametrize("part", ["api", "scheduler", "worker", "rabbitmq", "redis", "flower"])
def test_a_pod_is_deleted_and_replaced(
    target: KubernetesTarget, cluster: Cluster, tmp_path: Path, part: str, fault: str, grace: int | None
) -> None:
    # Given
    before = set(cluster.pods(part))

    # When
    told = endure(target, tmp_path, Step(0.0, fault, part, 0.0, 3))

    # Then
    assert told == ["begun", "ended", "healed"]
    (body,) = cluster.asked("DELETE", PODS)
    assert body.get("gracePeriodSeconds") == grace
    assert body["preconditions"]["uid"].startswith("uid-")
    assert len(before - set(cluster.pods(part))) == 1


def test_a_rollout_is_a_template_with_another_annotation(
    target: KubernetesTarget, cluster: Cluster, tmp_path: Path
) -> None:
    # When
    told = endure(target, tmp_path, Step(0.0, "rolling-upgrade", "worker", 0.0, 3))

    # Then
    assert told == ["begun", "ended", "healed"]
    (body,) = cluster.asked("PATCH", "/deployments/longshore-worker-default")
    annotations = body["spec"]["template"]["metadata"]["annotations"]
    assert list(annotations) == ["kubectl.kubernetes.io/restartedAt"]
    (kind,) = [kind for line, _, kind in cluster.requests if line.startswith("PATCH")]
    assert kind in ("application/strategic-merge-patch+json", "application/merge-patch+json")


def test_what_was_scaled_to_zero_gets_back_what_it_had(
    target: KubernetesTarget, cluster: Cluster, tmp_path: Path
) -> None:
    # When
    told = endure(target, tmp_path, Step(0.0, "scale-to-zero", "worker", 0.1, 3))

    # Then
    assert told == ["begun", "ended", "healed"]
    patches = cluster.asked("PATCH", "/deployments/longshore-worker-default/scale")
    assert patches == [{"spec": {"replicas": 0}}, {"spec": {"replicas": 2}}]


def test_a_part_that_somebody_scaled_meanwhile_is_left_so(
    target: KubernetesTarget, cluster: Cluster, tmp_path: Path
) -> None:
    # Given
    def tell(_fault: str, _place: str, phase: str, _detail: str) -> None:
        if phase == "begun":
            cluster.refused[
                f"PATCH /apis/apps/v1/namespaces/{SPACE}/deployments/longshore-worker-default/scale"
            ] = 409

    # When
    Monkey(
        target,
        Plan([Step(0.0, "scale-to-zero", "worker", 0.1, 3)]),
        ActiveFaults(tmp_path),
        tell,
        recovery=1.0,
    ).run()

    # Then it was asked once, in vain, and not set back
    assert cluster.asked("PATCH", "/scale") == [{"spec": {"replicas": 0}}]


def test_what_a_killed_monkey_left_in_a_cluster_is_healed_from_the_record(
    target: KubernetesTarget, cluster: Cluster, url: str, tmp_path: Path
) -> None:
    # Given an agent that was sent by somebody who is gone
    active_faults = ActiveFaults(tmp_path)

    class Gone(BaseException):
        pass

    def tell(_fault: str, _place: str, phase: str, _detail: str) -> None:
        (tmp_path / "copy").write_bytes(next(tmp_path.glob("*.json")).read_bytes())
        raise Gone

    with pytest.raises(Gone):
        Monkey(target, Plan([Step(0.0, "scale-to-zero", "worker", 5.0, 3)]), active_faults, tell).run()
    (tmp_path / "copy").rename(tmp_path / "w1.json")
    target.workloads().scale("deployment/longshore-worker-default", 0)
    cluster.requests.clear()

    # When
    told = heal(tmp_path, lambda address: target_of(url, address) if isinstance(address, Address) else target)

    # Then
    assert list(told.values()) == [None]
    assert cluster.asked("PATCH", "/scale") == [{"spec": {"replicas": 2}}]


def test_it_says_why_a_fault_cannot_be_had(url: str, cluster: Cluster) -> None:
    # Given a release without Flower, and nothing but rights in its namespace
    for path in [path for path in cluster.objects if "flower" in path]:
        del cluster.objects[path]
    cluster.refused["GET /api/v1/nodes"] = 403

    # When
    found = reasons(target_of(url, Address(SPACE)), EVERY)
    can = {choice.fault for choice, reason in found.items() if reason is None}

    # Then
    assert can == {"kill-graceful", "kill-forced", "rolling-upgrade", "scale-to-zero"}
    assert found[Choice("kill-forced", "flower")] == "the release longshore has no flower"
    assert "privileged pods" in str(found[Choice("freeze", "redis")])
    assert "403" in str(found[Choice("node-drain", "node")])
    assert "command" in str(found[Choice("node-loss", "node")])
    assert "no proxy" in str(found[Choice("latency", "redis:worker")])


def test_with_agents_proxies_libfaketime_and_a_command_are_missing(target: KubernetesTarget) -> None:
    # When
    lacking = {str(choice): reason for choice, reason in reasons(target, EVERY).items() if reason}

    # Then
    assert {name.partition("/")[0] for name in lacking} == {
        "node-loss",
        "latency",
        "loss",
        "clock-skew",
        "cut",
    }
    assert [name for name in lacking if name.startswith("cut/")] == ["cut/api:client"]


def test_an_api_server_that_is_away_is_a_reason_and_no_crash(tmp_path: Path) -> None:
    # Given
    target = target_of("http://127.0.0.1:9", Address(SPACE, agents=AGENTS))

    # Then
    with pytest.raises(Impossible, match="no answer"):
        target.instances("api")
    told = endure(target, tmp_path, Step(0.0, "kill-forced", "api", 0.0, 1))
    assert told[0].startswith("skipped: list deployments: no answer")


def test_without_a_cluster_there_is_nothing_to_speak_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Given
    monkeypatch.setattr("kubernetes.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(tmp_path / "none"))
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)

    # Then
    with pytest.raises(Impossible, match="no cluster to speak to"):
        connect(None)
