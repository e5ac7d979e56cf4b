"""Asks a Prometheus every query of every dashboard and alert, and tells which have no answer.

`unanswered("http://127.0.0.1:9090")` serves for a test's own Prometheus and for a cluster's.
"""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, Final

import httpx

from tests.watching.rules import ROOT, names, rule

DASHBOARDS: Final = ROOT / "charts" / "longshore" / "dashboards"
RARE: Final = frozenset({"longshore_fenced_total", "longshore_republished_total", 'status=~"5.."'})
"""Parts of selectors of what is not there until something goes badly wrong."""


def dashboards() -> dict[str, dict[str, Any]]:
    """The chart's dashboards by the names of their files."""
    return {
        path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(DASHBOARDS.glob("*.json"))
    }


def queries(window: str = "15s") -> Iterator[tuple[str, str]]:
    """Where each panel's query is, and the query, its variables replaced."""
    variables = {"$__rate_interval": window, "$namespace": ".*", "$queue": ".*"}
    for name, dashboard in dashboards().items():
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                query = target["expr"]
                for variable, value in variables.items():
                    query = query.replace(variable, value)
                yield f"{name}: {panel['title']} ({target['legendFormat']})", query


def unanswered(prometheus: str, *, window: str = "15s", rare: frozenset[str] = RARE) -> list[str]:
    """What is wrong with each panel and alert that this Prometheus cannot answer.

    window: what rates look back on; four times the scrape interval at least, and not past the load.

    A panel must have a sample that is a number. Beyond that every selector of a panel or an alert must find
    something, unless it is rare: `or vector(0)` answers for a name that was never right, too, and an alert
    that does not fire is empty.
    """
    with httpx.Client(base_url=prometheus, trust_env=False, timeout=30) as client:
        found: dict[str, bool] = {}

        def missing(place: str, expr: str) -> Iterator[str]:
            for selector in sorted(selectors(expr)):
                if selector not in found:
                    found[selector] = bool(_numbers(client, f"count({selector})"))
                if not found[selector] and not any(part in selector for part in rare):
                    yield f"{place}: nothing is {selector}"

        problems: list[str] = []
        for place, query in queries(window):
            problems += missing(place, query)
            if not _numbers(client, query):
                problems.append(f"{place}: empty: {query}")
        for name in names():
            expr = rule(name)["expr"]
            problems += missing(name, expr)
            _numbers(client, expr)  # may be empty, must be answered
    return problems


def selectors(expr: str) -> set[str]:
    """The metrics that an expression names, each with its braces."""
    return set(re.findall(r"\b(?:longshore|rabbitmq|process)_\w+(?:\{[^}]*\})?", expr))


def _numbers(client: httpx.Client, query: str) -> list[float]:
    """The values of an instant query; what is no number is left out."""
    answer = client.get("/api/v1/query", params={"query": query})
    assert answer.is_success, f"{query}: {answer.text}"
    values = [float(sample["value"][1]) for sample in answer.json()["data"]["result"]]
    return [value for value in values if not math.isnan(value)]
