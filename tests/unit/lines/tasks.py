"""Specifications as workers would publish them."""

from typing import Any

from longshore.catalogue import TaskSpec
from longshore.task.signature import read_signature


def specify(function: Any, name: str = "it") -> TaskSpec:
    signature = read_signature(name, function)
    return TaskSpec(name=name, queue="q", schema=signature.schema, parameters=signature.parameters)


Number = int | float


def _add(a: Number, b: Number) -> None: ...
def _text(text: str) -> None: ...
def _texts(a: str, b: str) -> None: ...
def _mixed(n: int, flag: bool = False, text: str = "-", maybe: int | None = None) -> None: ...
def _none() -> None: ...


ADD = specify(_add, "add")
TEXT = specify(_text)
TEXTS = specify(_texts)
MIXED = specify(_mixed, "mixed")
NONE = specify(_none)
COLOUR = TaskSpec(
    name="colour",
    queue="q",
    schema={"properties": {"name": {"enum": ["red", "blue"]}, "shade": {"enum": [1, 2.5, None, False]}}},
    parameters=("name", "shade"),
)
