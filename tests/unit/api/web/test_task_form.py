"""A form drawn from a task's schema, and what was typed into it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field as About

from longshore import task
from longshore.catalogue import TaskSpec, check_args
from longshore.task import registry
from longshore_api.web.task_form import PREFIX, Mistyped, args_of, fields_of, typed_of


class Colour(StrEnum):
    """A choice that pydantic puts into $defs."""

    RED = "red"
    BLUE = "blue"


@task
def paint(
    name: str,
    count: Annotated[int, About(description="How many.", ge=1)],
    weight: int | float = 1.5,  # noqa: PYI041 - what its schema says is the matter here
    colour: Colour = Colour.RED,
    size: Literal["s", "m"] | None = None,
    glossy: bool = True,
    tags: list[str] | None = None,
    on: date | None = None,
) -> None:
    """Paint something."""


SPEC: TaskSpec = paint.spec
del registry[SPEC.name]  # no other test is to find it


def _typed(**texts: str) -> dict[str, str]:
    return {PREFIX + name: text for name, text in texts.items()}


def test_each_parameter_has_the_control_of_its_type() -> None:
    assert {field.name: field.kind for field in fields_of(SPEC)} == {
        "name": "text",
        "count": "integer",
        "weight": "number",
        "colour": "choice",
        "size": "choice",
        "glossy": "flag",
        "tags": "json",
        "on": "text",
    }


def test_a_field_knows_its_default_its_hint_and_whether_it_is_required() -> None:
    # When
    fields = {field.name: field for field in fields_of(SPEC)}

    # Then
    assert [name for name, field in fields.items() if field.required] == ["name", "count"]
    assert fields["count"].hint == "How many."
    assert fields["weight"].value == "1.5"
    assert fields["glossy"].value == "yes"
    assert (fields["colour"].value, [choice.label for choice in fields["colour"].choices]) == (
        '"red"',
        ["red", "blue"],
    )
    assert fields["on"].hint == "date"
    assert "JSON list" in fields["tags"].hint


def test_what_is_typed_becomes_arguments_and_what_is_empty_is_left_to_the_task() -> None:
    # Given
    typed = _typed(
        name="Ada", count=" 3 ", weight="", colour='"blue"', size="", glossy="", tags='["a"]', on=""
    )

    # When
    args = args_of(fields_of(SPEC), typed)

    # Then
    assert args == {"name": "Ada", "count": 3, "colour": "blue", "glossy": False, "tags": ["a"]}
    check_args(SPEC, args)


@pytest.mark.parametrize(
    ("texts", "field", "reason"),
    [
        ({"name": "Ada"}, "count", "is missing"),
        ({"name": "Ada", "count": "three"}, "count", "expected a number, got 'three'"),
        ({"name": "Ada", "count": "true"}, "count", "expected a number"),
        ({"name": "Ada", "count": "NaN"}, "count", "expected a number"),
        ({"name": "Ada", "count": "1", "tags": "[1,"}, "tags", "is not JSON"),
    ],
)
def test_what_is_no_value_is_refused_by_the_name_of_its_field(
    texts: dict[str, str], field: str, reason: str
) -> None:
    # When
    with pytest.raises(Mistyped, match=reason) as raised:
        args_of(fields_of(SPEC), _typed(**texts))

    # Then
    assert raised.value.field == field


def test_an_empty_text_that_is_required_is_a_text() -> None:
    assert args_of(fields_of(SPEC), _typed(count="1"))["name"] == ""


@given(
    st.fixed_dictionaries(
        {"name": st.text(), "count": st.integers(1, 10**12), "glossy": st.booleans()},
        optional={
            "weight": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**9), 10**9),
            "colour": st.sampled_from(["red", "blue"]),
            "size": st.sampled_from(["s", "m"]),
            "tags": st.lists(st.text()),
        },
    )
)
def test_arguments_come_back_from_the_form_that_shows_them(args: dict[str, Any]) -> None:
    # When
    typed = typed_of(SPEC, args)

    # Then
    assert args_of(fields_of(SPEC, typed), typed) == args


def test_arguments_in_order_fill_the_form_as_well() -> None:
    assert typed_of(SPEC, ["Ada", 2]) == _typed(name="Ada", count="2")
