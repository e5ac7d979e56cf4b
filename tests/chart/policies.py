"""What rendered NetworkPolicies let through, in the words of the table of arrows."""

from collections.abc import Iterator
from typing import Any, Final

from tests.chart.rendering import Release

_COMPONENT: Final = "app.kubernetes.io/component"
_STRANGERS: Final = {
    "monitoring": "monitoring",
    "keda": "keda",
    "kube-system": "dns",
    "people": "pages",
    "ingress": "anybody",
}
"""Namespace, by its name or as tests name it → who that is in the table."""
_BLOCKS: Final = {
    "198.51.100.0/24": "remote workers",
    "198.51.100.7/32": "loadtest",
    "192.0.2.1/32": "kubernetes",
    "169.254.20.10/32": "dns",
}


def let_in(release: Release) -> set[tuple[str, str, int]]:
    """Who may open which port of whom, as those say who are opened."""
    return {
        (peer, component, port)
        for component, spec in _policies(release)
        for rule in spec.get("ingress", [])
        for peer in _peers(rule.get("from"), "anybody")
        for port in _ports(rule)
    }


def let_out(release: Release) -> set[tuple[str, str, int]]:
    """Who may open which port of whom, as those say who open; what tasks call is left out."""
    return {
        (component, peer, port)
        for component, spec in _policies(release)
        for rule in spec.get("egress", [])
        if "ports" in rule
        for peer in _peers(rule.get("to"), "kubernetes")
        for port in _ports(rule)
    }


def _policies(release: Release) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in release.objects:
        if one["kind"] == "NetworkPolicy":
            component = one["spec"]["podSelector"]["matchLabels"].get(_COMPONENT)
            if component is None:  # the one that denies
                assert {"ingress", "egress"} & set(one["spec"]) == set()
                continue
            assert one["spec"]["policyTypes"] == ["Ingress", "Egress"]
            yield component, one["spec"]


def _peers(given: list[dict[str, Any]] | None, everybody: str) -> Iterator[str]:
    if given is None:
        yield everybody
        return
    for peer in given:
        if "ipBlock" in peer:
            yield _BLOCKS[peer["ipBlock"]["cidr"]]
        elif "namespaceSelector" in peer:
            (name,) = peer["namespaceSelector"]["matchLabels"].values()
            yield _STRANGERS[name]
        else:
            yield peer["podSelector"]["matchLabels"][_COMPONENT]


def _ports(rule: dict[str, Any]) -> list[int]:
    return [port["port"] for port in rule["ports"]]
