"""A release of its own is installed, removed and installed again: what is left is what it says."""

import time
from collections.abc import Iterator

import pytest

from tests.cluster import quay
from tests.cluster.harbour import Harbour
from tests.cluster.kubectl import apply, get, kubectl
from tests.cluster.release import Release
from tests.cluster.values import values
from tests.services.waiting import eventually

NAMESPACE = "longshore-again"
KINDS = "all,configmap,secret,pvc,serviceaccount,role,rolebinding,networkpolicy,pdb,ingress"


@pytest.fixture
def alone(namespace: str) -> Iterator[Release]:
    """A release that nobody shares."""
    apply("default", quay.namespace(NAMESPACE))
    apply(NAMESPACE, quay.tasks(), *quay.marks_server())
    yield Release(NAMESPACE)
    kubectl("delete", "namespace", NAMESPACE, "--wait=true", "--timeout=180s")


def test_uninstalling_leaves_the_volumes_and_the_secret_and_a_new_install_finds_them(alone: Release) -> None:
    # Given a release, with a task done
    before = _objects()
    began = time.monotonic()
    alone.install(values(workers={"default": {}}))
    with Harbour(alone) as harbour:
        assert harbour.submit("first", "add", [1, 2]).is_success
        eventually(lambda: _state(harbour) == "SUCCESS", within=60, every=0.1)
        print(f"\nhelm install to the first result: {time.monotonic() - began:.1f} s")
    key = alone.secret("admin-key")

    # When it is uninstalled
    alone.uninstall()
    ours = ("-n", NAMESPACE, "-l", "app.kubernetes.io/name=longshore")
    eventually(lambda: not get("pods", *ours)["items"], within=90, every=0.5)
    left = _objects() - before

    # Then nothing is left but the volumes and the Secret
    assert {kind for kind, _ in left} == {"PersistentVolumeClaim", "Secret"}, left
    assert len([name for kind, name in left if kind == "Secret"]) == 1, left

    # And a new install finds them: the same key, the same tasks
    alone.install(values(workers={"default": {}}))
    assert alone.secret("admin-key") == key
    with Harbour(alone) as harbour:
        assert _state(harbour) == "SUCCESS"
    alone.uninstall()


def _state(harbour: Harbour) -> str:
    return str(harbour.http.get("/status/first").json().get("state"))


def _objects() -> set[tuple[str, str]]:
    """Everything in the namespace that a chart could have made."""
    items = get(KINDS, "-n", NAMESPACE)["items"]
    return {(item["kind"], item["metadata"]["name"]) for item in items}
