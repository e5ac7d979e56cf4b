"""The requests to try are ones that the examples take."""

import json
from pathlib import Path
from typing import Any

import pytest

from longshore.catalogue import check_args
from longshore.errors import InvalidArguments
from longshore.task import load_tasks

REQUESTS = Path(__file__).parents[3] / "examples" / "requests"
COLLECTION = REQUESTS / "longshore.postman_collection.json"
FIELDS = {"id", "task", "args", "queue", "priority", "delay", "run_at", "retries", "timeout"}

_SINGLE = [
    path for path in sorted(REQUESTS.glob("*.json")) if not path.name.startswith(("package", "longshore."))
]


@pytest.mark.parametrize("path", _SINGLE, ids=lambda path: path.name)
def test_every_single_request_fits_its_task(path: Path) -> None:
    request = json.loads(path.read_bytes())
    assert set(request) <= FIELDS
    check_args(load_tasks([])[request["task"]].spec, request["args"])
    assert path.name in (REQUESTS / "README.md").read_text()


def test_of_the_bulk_only_the_last_line_is_refused() -> None:
    *good, bad = [json.loads(line) for line in (REQUESTS / "bulk.ndjson").read_text().splitlines()]
    tasks = load_tasks([])
    for request in good:
        check_args(tasks[request["task"]].spec, request["args"])
    with pytest.raises(InvalidArguments, match="a: expected a number, got 'three'"):
        check_args(tasks[bad["task"]].spec, bad["args"])


def _requests(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for item in items for each in (_requests(item["item"]) if "item" in item else [item])]


def test_each_request_of_the_postman_collection_is_tested_and_asks_the_base_url() -> None:
    collection = json.loads(COLLECTION.read_bytes())
    variables = {each["key"]: each["value"] for each in collection["variable"]}
    assert variables == {"baseUrl": "http://127.0.0.1:5000", "key": ""}

    requests = _requests(collection["item"])
    assert len({each["name"] for each in requests}) == len(requests), "setNextRequest goes by name"
    for each in requests:
        assert each["request"]["url"]["raw"].startswith("{{baseUrl}}/")
        script = "\n".join(line for event in each["event"] for line in event["script"]["exec"])
        assert "pm.test(" in script, each["name"]


@pytest.mark.parametrize("name", ["add.json", "multiply-first.json", "bulk.ndjson"])
def test_the_collection_sends_what_the_files_hold(name: str) -> None:
    bodies = [
        each["request"].get("body", {}).get("raw")
        for each in _requests(json.loads(COLLECTION.read_bytes())["item"])
    ]
    assert (REQUESTS / name).read_text() in bodies
