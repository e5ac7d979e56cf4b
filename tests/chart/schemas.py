"""JSON schemas of Kubernetes' own kinds, for kubeconform: a package has them, so nothing is fetched."""

from importlib.resources import files
from typing import Final

KUBERNETES: Final = ("1.29.0", "1.34.0")
"""The oldest that the chart claims, and the one that it is tried on."""


def location(version: str) -> str:
    """Where kubeconform finds the strict schemas of a version."""
    folder = files("kubernetes_validate") / "kubernetes-json-schema" / f"v{version}-local-strict"
    return f"{folder}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"
