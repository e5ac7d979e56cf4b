"""A release of its own is installed, removed and installed again: what is left is what it says."""

import time

from tests.cluster.harness import Harness
from tests.cluster.kubectl import get
from tests.cluster.release import Release
from tests.cluster.values import values
from tests.services.waiting import eventually

KINDS = "all,configmap,secret,pvc,serviceaccount,role,rolebinding,networkpolicy,pdb,ingress"


def test_uninstalling_leaves_the_volumes_and_the_secret_and_a_new_install_finds_them(alone: Release) -> None:
    # Given a release, with a task done
    before = _objects(alone)
    began = time.monotonic()
    alone.install(values(workers={"default": {}}))
    with Harness(alone) as harness:
        assert harness.submit("first", "add", [1, 2]).is_success
        eventually(lambda: _state(harness) == "SUCCESS", within=60, every=0.1)
        print(f"\nhelm install to the first result: {time.monotonic() - began:.1f} s")
    key = alone.secret("admin-key")

    # When it is uninstalled
    alone.uninstall()
    ours = ("-n", alone.namespace, "-l", "app.kubernetes.io/name=longshore")
    eventually(lambda: not get("pods", *ours)["items"], within=90, every=0.5)
    left = _objects(alone) - before

    # Then nothing is left but the volumes and the Secret
    assert {kind for kind, _ in left} == {"PersistentVolumeClaim", "Secret"}, left
    assert len([name for kind, name in left if kind == "Secret"]) == 1, left

    # And a new install finds them: the same key, the same tasks
    alone.install(values(workers={"default": {}}))
    assert alone.secret("admin-key") == key
    with Harness(alone) as harness:
        assert _state(harness) == "SUCCESS"


def _state(harness: Harness) -> str:
    return str(harness.http.get("/status/first").json().get("state"))


def _objects(alone: Release) -> set[tuple[str, str]]:
    """Everything in the namespace that a chart could have made."""
    items = get(KINDS, "-n", alone.namespace)["items"]
    return {(item["kind"], item["metadata"]["name"]) for item in items}
