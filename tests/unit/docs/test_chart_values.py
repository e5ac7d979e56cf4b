"""The values that the documents set are values of the chart."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
import yaml

from tests.unit.docs.blocks import ROOT, Code, blocks
from tests.unit.docs.shell import Command, commands

VALUES: Final[dict[str, Any]] = yaml.safe_load(
    (ROOT / "charts" / "longshore" / "values.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("command", commands("helm"), ids=str)
def test_what_helm_sets_is_a_value_of_the_chart(command: Command) -> None:
    # Given
    pairs = zip(command.words, command.words[1:], strict=False)
    settings = [setting for word, given in pairs if word == "--set" for setting in given.split(",")]

    # Then
    for setting in settings:
        assert _is_value(setting.partition("=")[0].split(".")), setting


@pytest.mark.parametrize("block", blocks("yaml"), ids=str)
def test_a_yaml_block_holds_values_of_the_chart(block: Code) -> None:
    for path in _paths(yaml.safe_load(block.text)):
        assert _is_value(path), ".".join(path)


def test_a_value_that_the_chart_lacks_is_noticed() -> None:
    assert not _is_value(["rabbitmq", "replica"])
    assert not _is_value(["workers", "default", "threads"])
    assert _is_value(["workers", "pictures", "concurrency"])


def _is_value(path: list[str]) -> bool:
    if path[0] == "workers":  # a pool of any name, which takes what all pools have
        path = ["workerDefaults", *path[2:]]
    place: Any = VALUES
    for name in path:
        if not isinstance(place, dict) or (place and name not in place):
            return False
        place = place.get(name, {})
    return True


def _paths(values: dict[str, Any]) -> Iterator[list[str]]:
    for name, value in values.items():
        if isinstance(value, dict) and value:
            yield from ([name, *path] for path in _paths(value))
        else:
            yield [name]
