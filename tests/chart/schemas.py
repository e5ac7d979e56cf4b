"""JSON schemas for kubeconform.

A package has those of Kubernetes' own kinds, so nothing is fetched; a cluster has those of custom kinds.
"""

import json
import os
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

KUBERNETES: Final = ("1.29.0", "1.34.0")
"""The oldest that the chart claims, and the one that it is tried on."""
DEFINITIONS: Final = "_definitions.json"


def write_schemas(folder: Path, version: str) -> str:
    """Write the strict schemas of a version into `folder`; returns their place as kubeconform wants it.

    The package's own files call each other by addresses that they are not at; here they are neighbours.
    """
    package = files("kubernetes_validate") / "kubernetes-json-schema" / f"v{version}-local-strict"
    for file in package.iterdir():
        if file.name == DEFINITIONS or file.name.endswith("v1.json") or "-v2" in file.name:
            schema = json.loads(file.read_text(encoding="utf-8").replace(f"/api/{DEFINITIONS}", DEFINITIONS))
            schema.pop("$id", None)
            (folder / file.name).write_text(json.dumps(schema), encoding="utf-8")
    return f"{folder}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"


def write_custom_schemas(folder: Path) -> set[str]:
    """Write those of custom kinds, as the cluster of KUBECONFIG knows them, if any; return the kinds."""
    kubectl = shutil.which("kubectl")
    if kubectl is None or "KUBECONFIG" not in os.environ:
        return set()
    command = [kubectl, "get", "customresourcedefinitions", "--output", "json", "--request-timeout", "10s"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    kinds = set()
    for spec in (one["spec"] for one in json.loads(done.stdout or '{"items": []}')["items"]):
        kind, group = spec["names"]["kind"], spec["group"].partition(".")[0]
        kinds.add(kind)
        for version in spec["versions"]:
            name = f"{kind.lower()}-{group}-{version['name']}.json"
            schema = _strict(version["schema"]["openAPIV3Schema"])
            (folder / name).write_text(json.dumps(schema), encoding="utf-8")
    return kinds


def _strict(schema: Any) -> Any:
    """A schema that knows no keys but its own, as the API server would drop them."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: _strict(value) for key, value in schema.items()}
    keeps = schema.get("x-kubernetes-preserve-unknown-fields")
    if schema.get("type") == "object" and isinstance(schema.get("properties"), dict) and not keeps:
        result.setdefault("additionalProperties", False)
    return result
