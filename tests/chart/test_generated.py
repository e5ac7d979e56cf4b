"""What `make chart` writes of the comments in values.yaml. Needs no helm."""

import json
from pathlib import Path
from typing import Any

import pytest

from charts.generate import CHART, renewed
from charts.generate.comments import Undescribed, read_values
from charts.generate.schema import schema_of
from charts.generate.table import table_of


def _written(tmp_path: Path, text: str) -> Any:
    (tmp_path / "values.yaml").write_text(text)
    return read_values(tmp_path / "values.yaml")


def test_a_comment_goes_on_until_its_key(tmp_path: Path) -> None:
    # When
    values = _written(tmp_path, "api:\n  # -- What it\n  # is.\n  # @minimum: 2\n  replicas: 3\n")

    # Then
    (key,) = (key for key in values.walk() if key.name == "api.replicas")
    assert (key.about, key.tags, key.default) == ("What it is.", {"minimum": "2"}, 3)


def test_a_key_without_a_comment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Undescribed, match="replicas has no `# --` comment"):
        _written(tmp_path, "api:\n  replicas: 3\n")


def test_a_type_that_the_schema_does_not_know_is_refused(tmp_path: Path) -> None:
    # Given
    values = _written(
        tmp_path,
        "# -- Of a pool.\n# @type: object\nworkerDefaults: {}\n# -- What.\n# @type: list of lists\nodd: []\n",
    )

    # Then
    with pytest.raises(Undescribed, match="odd: the schema knows no `@type: list of lists`"):
        schema_of(values)


def test_every_key_of_values_is_in_the_schema_and_in_the_table() -> None:
    # Given
    values = read_values(CHART / "values.yaml")
    schema = json.loads(schema_of(values))
    table = table_of(values)

    # Then
    for key in (key for key in values.walk() if key.path and not key.keys):
        below = schema
        for name in key.path:
            below = below["properties"][name]
        assert below["description"] == key.about
        assert f"| `{key.name}` |" in table


def test_no_object_of_our_own_takes_keys_that_it_does_not_know() -> None:
    # When
    schema = json.loads(renewed("values.schema.json"))

    # Then
    def closed(part: dict[str, Any]) -> bool:
        open_here = "properties" in part and part.get("additionalProperties") is not False
        return not open_here and all(closed(one) for one in part.get("properties", {}).values())

    assert closed(schema)
    assert closed(schema["properties"]["workers"]["additionalProperties"])
