"""The dashboards are what their generator writes, and what Grafana takes."""

import re
from collections import Counter
from itertools import combinations
from typing import Any

import pytest

from charts.dashboards.written import written
from longshore_loadtest.run.metrics import Metrics
from tests.watching.panels import DASHBOARDS, dashboards, selectors

NAMES = ["ledger-and-broker.json", "overview.json", "queues.json", "workers.json"]


def test_the_chart_holds_what_its_generator_writes() -> None:
    """`python -m charts.dashboards` writes it anew."""
    assert {path.name: path.read_text(encoding="utf-8") for path in DASHBOARDS.iterdir()} == written()


def test_there_are_four_with_identities_of_their_own() -> None:
    assert list(dashboards()) == NAMES
    assert len({dashboard["uid"] for dashboard in dashboards().values()}) == len(NAMES)
    assert all(len(dashboard["uid"]) <= 40 for dashboard in dashboards().values())


@pytest.mark.parametrize("name", NAMES)
def test_panels_have_numbers_of_their_own_and_do_not_overlap(name: str) -> None:
    # Given
    panels = dashboards()[name]["panels"]

    # Then
    assert Counter(panel["id"] for panel in panels).most_common(1)[0][1] == 1
    assert [pair for pair in combinations((panel["gridPos"] for panel in panels), 2) if _overlap(*pair)] == []
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels)


@pytest.mark.parametrize("name", NAMES)
def test_a_panel_says_what_it_shows_and_in_what_unit(name: str) -> None:
    for panel in dashboards()[name]["panels"]:
        assert panel["title"].endswith("?"), panel["title"]
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]


@pytest.mark.parametrize("name", NAMES)
def test_queries_use_the_variables_and_take_the_ledger_s_figures_once(name: str) -> None:
    for panel in dashboards()[name]["panels"]:
        references = [target["refId"] for target in panel["targets"]]
        assert len(set(references)) == len(references) > 0, panel["title"]
        for part in (panel, *panel["targets"]):
            assert part["datasource"]["uid"] == "${datasource}"
        for target in panel["targets"]:
            expr = target["expr"]
            # Every selector is of one namespace, every range the one that suits the screen.
            assert expr.count('{namespace=~"$namespace"') == len(
                re.findall(r"\b(?:longshore|rabbitmq|process)_\w+", expr)
            )
            assert set(re.findall(r"\[([^\]]*)\]", expr)) <= {"$__rate_interval"}
            for metric in re.findall(r"\blongshore_(?!worker_|relay_|http_)\w+", expr):
                assert re.search(
                    rf"max(?: by \([\w, ]+\))? \((?:rate\()?{metric}\b|and on \(instance\) {metric}\b", expr
                )


@pytest.mark.parametrize("name", NAMES)
def test_every_dashboard_shows_the_faults_that_a_load_test_tells_of(name: str) -> None:
    # Given
    metrics = Metrics()
    metrics.tell("freeze", "worker", "begun")

    # When
    (annotation,) = dashboards()[name]["annotations"]["list"]

    # Then
    (selector,) = selectors(annotation["expr"])
    (metric,) = re.findall(r"^(\w+){namespace=~\"\$namespace\"}$", selector)
    labels = (f'{label}="{value}"' for label, value in (("fault", "freeze"), ("place", "worker")))
    assert f"{metric}{{{','.join(labels)}}} 1.0" in metrics.text().decode().splitlines()
    assert set(re.findall(r"{{(\w+)}}", annotation["titleFormat"])) == {"fault", "place"}
    assert annotation["datasource"]["uid"] == "${datasource}"
    assert annotation["enable"]


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(
        one[at] < other[at] + other[size] and other[at] < one[at] + one[size]
        for at, size in (("x", "w"), ("y", "h"))
    )
