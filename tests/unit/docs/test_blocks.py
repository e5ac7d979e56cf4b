"""Every block of code in the documents says its language, and is correct in it."""

import json
import tomllib
from collections.abc import Callable
from typing import Any, Final

import pytest
import yaml

from tests.unit.docs.blocks import Code, blocks

READ: Final[dict[str, Callable[[str], Any]]] = {
    "json": json.loads,
    "toml": tomllib.loads,
    "yaml": yaml.safe_load,
}
ELSEWHERE: Final = {"python", "sh", "text", "mermaid", "dockerfile"}
"""Languages that another test looks at, or that are for the eye only."""


@pytest.mark.parametrize("block", blocks(), ids=str)
def test_a_block_says_what_language_it_is(block: Code) -> None:
    assert block.language in READ.keys() | ELSEWHERE


@pytest.mark.parametrize("block", blocks(*READ), ids=str)
def test_a_block_of_data_can_be_read(block: Code) -> None:
    READ[block.language](block.text)
