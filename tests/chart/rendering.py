"""The chart, rendered by helm."""

import functools
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jmespath
import pytest
import yaml

CHART: Final = Path(__file__).parents[2] / "charts" / "longshore"
RELEASE: Final = "longshore"
NAMESPACE: Final = "shore"
_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Release:
    """The objects of a rendered release."""

    objects: list[dict[str, Any]]

    def find(self, expression: str) -> Any:
        """What a JMESPath expression finds in the list of objects."""
        return jmespath.search(expression, self.objects)

    def names(self, kind: str) -> set[str]:
        """Names of all objects of a kind."""
        return {one["metadata"]["name"] for one in self.objects if one["kind"] == kind}

    def one(self, kind: str, name: str) -> dict[str, Any]:
        """The object of that kind, called so behind the release's name."""
        full = f"{RELEASE}-{name}"
        found = [one for one in self.objects if (one["kind"], one["metadata"]["name"]) == (kind, full)]
        assert len(found) == 1, f"{len(found)} objects are {kind} {full}"
        return found[0]

    def pods(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The spec of every pod, by the name of what makes it."""
        for one in self.objects:
            if one["kind"] in ("Deployment", "StatefulSet", "Job"):
                yield one["metadata"]["name"], one["spec"]["template"]["spec"]
            elif one["kind"] == "Pod":
                yield one["metadata"]["name"], one["spec"]

    def env(self, kind: str, name: str) -> dict[str, Any]:
        """Environment of what a Deployment, StatefulSet or Job runs: name → value or its source."""
        container = self.one(kind, name)["spec"]["template"]["spec"]["containers"][0]
        return {one["name"]: one.get("value", one.get("valueFrom")) for one in container["env"]}


class Refused(Exception):
    """Helm did not render; the message is what it said."""


def program(name: str) -> str:
    """Path of a program. Skips the test without it, with the reason; in CI it fails."""
    path = shutil.which(name)
    if path is None:
        reason = f"there is no {name} on PATH: charts can be rendered and checked where it is"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def render(
    values: Mapping[str, Any] | None = None, *, helm: str = "helm", name: str = RELEASE, chart: Path = CHART
) -> Release:
    """The chart with `values`. Raises Refused."""
    return _rendered(json.dumps(values or {}), program(helm), name, chart)


def run_helm(*words: str, values: Mapping[str, Any] | None = None, helm: str = "helm") -> str:
    """A helm command on the chart. Raises Refused."""
    return _run([program(helm), *words, "--values", "-"], json.dumps(values or {}))


def default_values() -> dict[str, Any]:
    """values.yaml."""
    return yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def merged(defaults: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` over `defaults`, as helm does it."""
    result = dict(defaults)
    for key, value in given.items():
        below = result.get(key)
        both = isinstance(value, dict) and isinstance(below, dict)
        result[key] = merged(below, value) if both else value  # type: ignore[arg-type]
    return result


@functools.cache
def _rendered(values: str, helm: str, name: str, chart: Path) -> Release:
    command = [helm, "template", name, str(chart), "--namespace", NAMESPACE, "--kube-version", "1.34.0"]
    text = _run([*command, "--values", "-"], values)
    return Release([one for one in yaml.load_all(text, yaml.CSafeLoader) if one])


def _run(command: list[str], text: str) -> str:
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=_SECONDS)
    if done.returncode:
        raise Refused(done.stderr or done.stdout)
    return done.stdout
