"""Every alert fires when it should, and not otherwise. The cases are in `alerts/`, a file an alert."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.watching.rules import RUNBOOKS, kebab, names, rule, rule_file

CASES = Path(__file__).parent / "alerts"


@pytest.mark.parametrize("name", names())
def test_an_alert_fires_when_it_should_and_not_otherwise(name: str, tmp_path: Path, promtool: str) -> None:
    # Given
    text = (CASES / f"{name}.yaml").read_text(encoding="utf-8")
    cases: list[dict[str, Any]] = yaml.load(text, Loader=yaml.BaseLoader)  # 0x10 is ten zeros, not sixteen
    assert {bool(case["fires"]) for case in cases} == {True, False}
    (tmp_path / "rules.yaml").write_text(rule_file(name))
    (tmp_path / "cases.yaml").write_text(
        yaml.safe_dump(
            {"rule_files": ["rules.yaml"], "tests": [_in_promtools_words(name, case) for case in cases]}
        )
    )

    # When
    done = subprocess.run(
        [promtool, "test", "rules", "cases.yaml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    # Then
    assert done.returncode == 0, done.stdout + done.stderr


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
