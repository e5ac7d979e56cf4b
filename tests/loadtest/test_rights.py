"""The rights that the faults are given are those that they use."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from longshore_loadtest.faults.active_faults import ActiveFaults
from longshore_loadtest.faults.choices import Choice
from longshore_loadtest.faults.kinds import FAULTS
from longshore_loadtest.faults.monkey import Monkey
from longshore_loadtest.faults.plan import Plan, Step
from longshore_loadtest.targets.kubernetes import KubernetesTarget
from tests.loadtest.api_server import AGENTS, SPACE, Cluster
from tests.loadtest.release import cluster, target, url

__all__ = ["cluster", "target", "url"]

K8S = Path(__file__).parents[2] / "k8s"
VERBS = {"GET": "get", "POST": "create", "PATCH": "patch", "DELETE": "delete"}
TRIED = (
    *("kill-forced/api", "freeze/worker", "cut/redis:worker", "node-drain/node"),
    *("rolling-upgrade/worker", "rolling-upgrade/redis", "scale-to-zero/worker", "scale-to-zero/rabbitmq"),
)


def _given() -> set[tuple[str, str, str]]:
    """Rights as place, resource, verb; the place is a namespace, or empty for the whole cluster."""
    found = set()
    for file, place in (("chaos-rbac.yaml", SPACE), ("chaos-nodes-rbac.yaml", AGENTS)):
        for one in yaml.safe_load_all((K8S / file).read_text(encoding="utf-8")):
            where = "" if one["kind"] == "ClusterRole" else place
            for rule in one.get("rules", ()):
                found |= {(where, noun, verb) for noun in rule["resources"] for verb in rule["verbs"]}
    return found


def _used(line: str) -> tuple[str, str, str]:
    """The right that a request needs."""
    method, _, path = line.partition(" ")
    words = path.partition("?")[0].strip("/").split("/")
    words = words[words.index("v1") + 1 :]
    place = words[1] if words[0] == "namespaces" else ""
    kind, *rest = words[2:] if place else words
    noun = "/".join([kind, *rest[1:]])
    return place, noun, "list" if method == "GET" and not rest else VERBS[method]


def test_every_request_is_allowed_and_every_right_is_used_or_read_only(
    target: KubernetesTarget, cluster: Cluster, tmp_path: Path
) -> None:
    # When
    choices = [Choice(*one.split("/")) for one in TRIED]
    steps = [Step(0.0, choice.fault, choice.place, 0.1, 3) for choice in choices]
    Monkey(target, Plan(steps), ActiveFaults(tmp_path), lambda *_: None, recovery=0.5).run()
    used = {_used(line) for line, _, _ in cluster.requests}

    # Then
    assert used <= _given()
    unused = {right for right in _given() - used if right[2] not in ("get", "list", "watch")}
    assert unused == {(SPACE, f"{kind}/scale", "update") for kind in ("deployments", "statefulsets")}


@pytest.mark.parametrize("text", TRIED)
def test_what_is_tried_here_is_a_fault(text: str) -> None:
    choice = Choice(*text.split("/"))
    assert choice.place in FAULTS[choice.fault].places


def test_whoever_breaks_things_may_also_see_what_pods_take() -> None:
    """As whoever only loads: the look at metrics is the same."""

    def read(file: str) -> list[Any]:
        documents = yaml.safe_load_all((K8S / file).read_text(encoding="utf-8"))
        rules = [rule for one in documents for rule in one.get("rules", ())]
        return [rule for rule in rules if rule["apiGroups"] == ["metrics.k8s.io"]]

    rights = [read(file) for file in ("chaos-rbac.yaml", "loadtest/rbac.yaml")]
    assert (
        rights == [[{"apiGroups": ["metrics.k8s.io"], "resources": ["pods"], "verbs": ["get", "list"]}]] * 2
    )


def test_nobody_may_read_secrets_or_run_commands() -> None:
    nouns: set[Any] = {noun for _, noun, _ in _given()}
    assert not nouns & {"secrets", "configmaps", "pods/exec", "pods/ephemeralcontainers", "*"}
