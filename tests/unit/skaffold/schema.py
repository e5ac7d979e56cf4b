"""The keys of skaffold.yaml that are used here, as the documentation of its apiVersion has them.

Source: https://skaffold.dev/docs/references/yaml/, whose page for v4beta13 is made from
https://github.com/GoogleContainerTools/skaffold/blob/main/docs-v2/content/en/schemas/v4beta13.json
A key that is not in this list is looked up there first, and added with its kind.
"""

from typing import Final

API_VERSION: Final = "skaffold/v4beta13"

FREE: Final = "free"
"""Any mapping or list: its keys are not Skaffold's."""
VALUE: Final = "value"
"""Text, a number or a switch, or a list of them."""

KINDS: Final[dict[str, dict[str, str]]] = {
    "SkaffoldConfig": {
        "apiVersion": VALUE,
        "kind": VALUE,
        "metadata": "Metadata",
        "build": "BuildConfig",
        "deploy": "DeployConfig",
        "manifests": "RenderConfig",
        "portForward": "PortForwardResource",
        "profiles": "Profile",
    },
    "Metadata": {"name": VALUE},
    "BuildConfig": {"artifacts": "Artifact", "tagPolicy": "TagPolicy", "local": "LocalBuild"},
    "LocalBuild": {"useBuildkit": VALUE, "push": VALUE, "concurrency": VALUE},
    "TagPolicy": {"inputDigest": "InputDigest"},
    "InputDigest": {},
    "Artifact": {"image": VALUE, "context": VALUE, "docker": "DockerArtifact", "sync": "Sync"},
    "DockerArtifact": {"dockerfile": VALUE, "buildArgs": FREE, "network": VALUE, "target": VALUE},
    "Sync": {"manual": "SyncRule"},
    "SyncRule": {"src": VALUE, "dest": VALUE, "strip": VALUE},
    "DeployConfig": {"helm": "LegacyHelmDeploy", "kubectl": "KubectlDeploy"},
    "LegacyHelmDeploy": {"releases": "HelmRelease"},
    "HelmRelease": {
        "name": VALUE,
        "chartPath": VALUE,
        "valuesFiles": VALUE,
        "setValues": FREE,
        "setValueTemplates": FREE,
        "wait": VALUE,
    },
    "KubectlDeploy": {},
    "RenderConfig": {"rawYaml": VALUE},
    "PortForwardResource": {"resourceType": VALUE, "resourceName": VALUE, "port": VALUE, "localPort": VALUE},
    "Profile": {
        "name": VALUE,
        "activation": "Activation",
        "patches": "JSONPatch",
        "build": "BuildConfig",
        "deploy": "DeployConfig",
        "manifests": "RenderConfig",
    },
    "Activation": {"command": VALUE},
    "JSONPatch": {"op": VALUE, "path": VALUE, "value": FREE},
}


def unknown_keys(given: object, kind: str = "SkaffoldConfig", path: str = "") -> list[str]:
    """Paths of keys that the documentation does not have at their place."""
    if kind == FREE:
        return []
    if isinstance(given, list):
        return [
            key for number, one in enumerate(given) for key in unknown_keys(one, kind, f"{path}/{number}")
        ]
    if kind == VALUE or not isinstance(given, dict):
        wanted = isinstance(given, str | int | bool) if kind == VALUE else False
        return [] if wanted else [f"{path}: not {kind}"]
    return [
        key
        for name, value in given.items()
        for key in (
            unknown_keys(value, KINDS[kind][name], f"{path}/{name}")
            if name in KINDS[kind]
            else [f"{path}/{name}"]
        )
    ]
