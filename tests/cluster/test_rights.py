"""What somebody may do who takes over a part: as its account of the cluster, as its user of the ledger."""

import json

import pytest
import redis

from tests.cluster.forward import Forward
from tests.cluster.kubectl import Refused, get, kubectl
from tests.cluster.release import Release
from tests.services.waiting import eventually

COST = "controller.kubernetes.io/pod-deletion-cost"


def test_the_scheduler_may_mark_pods_and_not_change_what_they_run(release: Release) -> None:
    # Given
    account = f"system:serviceaccount:{release.namespace}:{release.name}-scheduler"
    words = [
        f"{verb} {what}"
        for verb in ("get", "list", "create", "update", "patch", "delete")
        for what in ("pods", "pods/status", "pods/exec", "secrets", "deployments")
    ]

    # When
    allowed = [word for word in words if _may(account, release.namespace, *word.split())]

    # Then
    assert allowed == ["patch pods/status"]


def test_a_patch_of_a_pod_s_status_sets_annotations_and_no_image(release: Release) -> None:
    # Given
    (pod, *_) = release.ready("worker", "default")
    before = get("pod", pod.name, "-n", release.namespace)["spec"]["containers"][0]["image"]
    patch = {
        "metadata": {"annotations": {"test.longshore.dev/mark": "seen"}},
        "spec": {"containers": [{"name": "worker", "image": "mallory:1"}]},
    }

    # When
    words = ["patch", "pod", pod.name, "-n", release.namespace, "--subresource=status"]
    kubectl(*words, "--type=strategic", "-p", json.dumps(patch))

    # Then
    after = get("pod", pod.name, "-n", release.namespace)
    assert after["metadata"]["annotations"]["test.longshore.dev/mark"] == "seen"
    assert after["spec"]["containers"][0]["image"] == before


def test_the_scheduler_marks_pods_with_what_it_may(release: Release) -> None:
    eventually(
        lambda: all(COST in pod.annotations for pod in release.ready("worker", "default")), within=60, every=1
    )


def test_a_worker_s_password_makes_no_keys(release: Release) -> None:
    # Given
    password = release.secret("redis-worker-password")

    # When
    with (
        Forward(release.namespace, f"service/{release.name}-redis", 6379) as forward,
        redis.Redis(port=forward.port, username="longshore-worker", password=password) as server,
    ):
        # Then
        eventually(lambda: _answers(server), within=60, every=0.2)
        for words in (("HSET", "{longshore}:keys", "mallory", "{}"), ("CONFIG", "GET", "*"), ("FLUSHALL",)):
            with pytest.raises(redis.exceptions.NoPermissionError):
                server.execute_command(*words)


def _answers(server: redis.Redis) -> bool:
    try:
        return bool(server.ping())
    except redis.ConnectionError:  # there is no forward yet
        return False


def _may(account: str, namespace: str, verb: str, what: str) -> bool:
    kind, _, subresource = what.partition("/")
    words = ["auth", "can-i", verb, kind, "-n", namespace, "--as", account, "--quiet"]
    try:
        kubectl(*words, *([f"--subresource={subresource}"] if subresource else []))
    except Refused:
        return False
    return True
