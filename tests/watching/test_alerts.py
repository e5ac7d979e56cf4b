"""Every alert fires when it should, and not otherwise. The cases are in `alerts/`, a file an alert."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from longshore_ledger.memory import STARTS_BELOW
from tests.watching.rules import RUNBOOKS, kebab, names, rule, rule_file

CASES = Path(__file__).parent / "alerts"


@pytest.mark.parametrize("name", names())
def test_an_alert_fires_when_it_should_and_not_otherwise(name: str, tmp_path: Path, promtool: str) -> None:
    # Given
    cases = _cases(name)
    assert {bool(case["fires"]) for case in cases} == {True, False}
    (tmp_path / "rules.yaml").write_text(rule_file(name))

    # When
    tests = [_in_promtools_words(name, case) for case in cases]
    done = _promtool(promtool, tmp_path, {"rule_files": ["rules.yaml"], "tests": tests})

    # Then
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", names())
def test_an_alert_says_the_same_of_two_replicas_that_see_the_same(
    name: str, tmp_path: Path, promtool: str
) -> None:
    # Given each case in two namespaces: as it is in one, from twice as many instances in the other
    expression = rule(name)["expr"]

    # When
    done = _promtool(promtool, tmp_path, {"tests": [_doubled(expression, case) for case in _cases(name)]})

    # Then neither who is concerned nor the number in the alert's words depends on the replicas
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_alert_on_starts_held_back_has_the_ledger_s_own_mark() -> None:
    assert f">= {STARTS_BELOW}" in rule("starts-held-back")["expr"]


def test_an_alert_on_a_sum_over_replicas_would_be_noticed(tmp_path: Path, promtool: str) -> None:
    # Given
    expression = "sum by (namespace) (longshore_parked) > 0"

    # When
    tests = [_doubled(expression, case) for case in _cases("parked-copies")]
    done = _promtool(promtool, tmp_path, {"tests": tests})

    # Then
    assert done.returncode != 0


def test_prometheus_reads_all_alerts_and_their_words(tmp_path: Path, promtool: str) -> None:
    # Given
    (tmp_path / "rules.yaml").write_text(rule_file(*names()))

    # When
    done = subprocess.run(
        [promtool, "check", "rules", "rules.yaml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    # Then
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", names())
def test_an_alert_has_all_that_people_need(name: str) -> None:
    # Given
    alert = rule(name)

    # Then
    assert set(alert) - {"for"} == {"alert", "expr", "labels", "annotations"}
    assert alert["alert"].startswith("Longshore")
    assert kebab(alert["alert"]) == name
    assert alert["labels"].keys() == {"severity"}
    assert alert["labels"]["severity"] in {"critical", "warning"}
    assert alert["annotations"].keys() == {"summary", "description"}


@pytest.mark.parametrize("name", names())
def test_an_alert_s_words_use_labels_that_it_has(name: str) -> None:
    # Given
    alert = rule(name)
    kept = set(re.findall(r"\w+", " ".join(re.findall(r"by \(([^)]*)\)", alert["expr"]))))

    # When
    used = set(re.findall(r"\$labels\.(\w+)", " ".join(alert["annotations"].values())))

    # Then
    assert used <= kept


def test_every_alert_has_cases_and_a_runbook_and_nothing_else_has() -> None:
    assert {path.stem for path in CASES.glob("*.yaml")} == set(names())
    assert {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"} == set(names())


def test_a_runbook_is_headed_by_its_alert_and_answers_the_four_questions() -> None:
    for name in names():
        lines = (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8").splitlines()
        assert lines[0] == f"# {rule(name)['alert']}"
        assert [line for line in lines if line.startswith("## ")] == [
            "## What it means",
            "## What people notice",
            "## How to find out",
            "## What to do",
        ], name


def test_the_list_of_runbooks_has_them_all() -> None:
    listed = re.findall(
        r"^\| \[(\w+)\]\(([\w-]+)\.md\)", (RUNBOOKS / "README.md").read_text(), flags=re.MULTILINE
    )
    assert listed == [(rule(name)["alert"], name) for name in names()]


def _cases(name: str) -> list[dict[str, Any]]:
    text = (CASES / f"{name}.yaml").read_text(encoding="utf-8")
    cases: list[dict[str, Any]] = yaml.load(text, Loader=yaml.BaseLoader)  # 0x10 is ten zeros, not sixteen
    return cases


def _promtool(promtool: str, directory: Path, tests: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    (directory / "cases.yaml").write_text(yaml.safe_dump(tests))
    return subprocess.run(
        [promtool, "test", "rules", "cases.yaml"], cwd=directory, capture_output=True, text=True, check=False
    )


def _doubled(expression: str, case: dict[str, Any]) -> dict[str, Any]:
    """The case in namespaces `alone…` and `both…`, with all that must not differ between the two."""
    series = [
        {"series": _series(metric, labels | replica), "values": values}
        for name, values in case["series"].items()
        for metric, labels in [_parsed(name)]
        for replica in _replicas(labels.get("namespace", ""), labels.get("instance", ""))
    ]
    spaces = sorted({_parsed(one["series"])[1]["namespace"] for one in series})
    marks = [{"series": _series("mark", {"namespace": space}), "values": "1x100"} for space in spaces]

    def of(which: str) -> str:
        found = f'({expression}) and on (namespace) mark{{namespace=~"{which}.*"}}'
        return f'label_replace({found}, "namespace", "$1", "namespace", "{which}(.*)")'

    alone, both = of("alone"), of("both")
    never = [f"{both} unless {alone}", f"{alone} unless {both}", f"abs({both} - {alone}) > 1e-9"]
    return {
        "name": case["it"],
        "interval": "1m",
        "input_series": [*series, *marks],
        "promql_expr_test": [{"expr": one, "eval_time": case["at"], "exp_samples": []} for one in never],
    }


def _replicas(space: str, instance: str) -> list[dict[str, str]]:
    return [
        {"namespace": f"alone{space}", "instance": instance},
        {"namespace": f"both{space}", "instance": instance},
        {"namespace": f"both{space}", "instance": f"{instance} again"},
    ]


def _parsed(series: str) -> tuple[str, dict[str, str]]:
    metric, _, labels = series.partition("{")
    return metric, dict(re.findall(r'(\w+)="([^"]*)"', labels))


def _in_promtools_words(name: str, case: dict[str, Any]) -> dict[str, Any]:
    """The case as promtool's own unit test: the series ALERTS holds what fires."""
    alert = rule(name)
    fixed = {"alertname": alert["alert"], "alertstate": "firing", **alert["labels"]}
    return {
        "name": case["it"],
        "interval": "1m",
        "input_series": [{"series": series, "values": values} for series, values in case["series"].items()],
        "promql_expr_test": [
            {
                "expr": 'ALERTS{alertstate="firing"}',
                "eval_time": case["at"],
                "exp_samples": [
                    {"labels": _series("ALERTS", {**fixed, **labels}), "value": 1} for labels in case["fires"]
                ],
            }
        ],
    }


def _series(name: str, labels: dict[str, str]) -> str:
    pairs = ", ".join(f'{label}="{value}"' for label, value in labels.items())
    return f"{name}{{{pairs}}}"
