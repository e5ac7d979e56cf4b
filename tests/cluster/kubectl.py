"""kubectl and helm, as an operator would type them; whichever cluster KUBECONFIG names."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any, Final

import pytest

LONGEST: Final = 300.0
"""No command may take longer, s."""


class Refused(AssertionError):
    """The command ended with an error; its words are the message."""


def require_cluster() -> None:
    """Skip, with the reason, where there is no cluster to test on; fail instead in CI."""
    missing = [name for name in ("kubectl", "helm") if shutil.which(name) is None]
    reason = None
    if not os.environ.get("KUBECONFIG"):
        reason = "KUBECONFIG names no cluster: see k8s/README.md"
    elif missing:
        reason = f"{' and '.join(missing)} cannot be found on PATH"
    if reason is not None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)


def run(*command: str, given: str | None = None, within: float = LONGEST) -> str:
    """Run a command; returns what it printed. Raises Refused."""
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, check=False, timeout=within + 30
    )
    if done.returncode:
        raise Refused(f"{' '.join(command)}\n{done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def kubectl(*words: str, given: str | None = None) -> str:
    """Run kubectl."""
    return run("kubectl", *words, given=given)


def get(*words: str) -> Any:
    """`kubectl get … -o json`."""
    return json.loads(kubectl("get", *words, "-o", "json"))


def apply(namespace: str, *objects: Mapping[str, Any]) -> None:
    """Apply objects."""
    listed = {"apiVersion": "v1", "kind": "List", "items": objects}
    kubectl("apply", "-n", namespace, "-f", "-", given=json.dumps(listed))
