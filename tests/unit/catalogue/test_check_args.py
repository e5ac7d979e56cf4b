"""Arguments are checked against the catalogue alone; what does not fit is named, with the reason."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AnyUrl, Base64Bytes, BaseModel, Field, Json, TypeAdapter, ValidationError

from longshore.catalogue import TaskSpec, check_args
from longshore.errors import InvalidArguments
from longshore.task.signature import read_signature


class Parcel(BaseModel):
    weight: int
    label: str = ""


class Letter(BaseModel):
    kind: Literal["letter"]


class Card(BaseModel):
    kind: Literal["card"]


Price = Annotated[Decimal, Field(ge=0, max_digits=5, decimal_places=2)]
Code = Annotated[str, Field(pattern="^a")]
REST = f"31348623157e+308, got -1{'0' * 35}..."


def _spec(function: Any) -> TaskSpec:
    signature = read_signature("it", function)
    return TaskSpec(name="it", queue="q", schema=signature.schema, parameters=signature.parameters)


Number = int | float


def _add(a: Number, b: Number = 1) -> None: ...
def _one(a: int) -> None: ...
def _none() -> None: ...


ADD = _spec(_add)


def _refusal(spec: TaskSpec, args: object) -> str:
    with pytest.raises(InvalidArguments) as refused:
        check_args(spec, args)
    return str(refused.value)


@pytest.mark.parametrize(
    "args", [[1, 2], [1], {"a": 1}, {"b": 2.5, "a": 10**400}, b"[1, 2]", b'{"a": 1e308}']
)
def test_arguments_that_fit_pass(args: object) -> None:
    check_args(ADD, args)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["x", 1], "a: expected a number, got 'x'"),
        ([1, True], "b: expected a number, got true"),
        ([1, None], "b: expected a number, got null"),
        ([1, [2]], "b: expected a number, got [2]"),
        (["x" * 100, 1], f"a: expected a number, got '{'x' * 37}...'"),
        ([list(range(100)), 1], "a: expected a number, got [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11..."),
        ([], "args: expected 1 to 2 values (a, b), got 0"),
        ([1, 2, 3], "args: expected 1 to 2 values (a, b), got 3"),
        ({"b": 1}, "a: missing"),
        ({"a": 1, "c": 2}, "c: unknown parameter: it takes a, b"),
        ("12", "args: expected a list of values or an object of names and values"),
        (b"12", "args: expected a list of values or an object of names and values"),
        (b"[1,", "args: not JSON: input data was truncated"),
        (b"[1, NaN]", "args: not JSON: NaN is not JSON: numbers must be finite"),
        (b"[1e400]", "args: not JSON: number out of range"),
        ([{1, 2}], "args: Unsupported type: 'set'"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_by_field(args: object, message: str) -> None:
    assert _refusal(ADD, args) == message


def test_counts_are_named_for_any_number_of_parameters() -> None:
    assert _refusal(_spec(_one), [1, 2]) == "args: expected 1 value (a), got 2"
    assert _refusal(_spec(_none), [1]) == "args: expected 0 values, got 1"
    assert _refusal(_spec(_none), {"a": 1}) == "a: unknown parameter: it takes no arguments"


@pytest.mark.parametrize(
    ("hint", "value", "message"),
    [
        (int, 2.5, "a: expected a whole number, got 2.5"),
        (str, 1, "a: expected text, got 1"),
        (bool, "yes", "a: expected true or false, got 'yes'"),
        (int | None, "x", "a: expected a whole number or null, got 'x'"),
        (dict[str, float], {"k": "v"}, "a.k: expected a number, got 'v'"),
        (dict[str, float], [], "a: expected an object, got []"),
        (list[int], [1, "x"], "a[1]: expected a whole number, got 'x'"),
        (Parcel, {"weight": "x"}, "a.weight: expected a whole number, got 'x'"),
        (Parcel, {}, "a.weight: missing"),
        (list[Parcel], [{"weight": 1}, {}], "a[1].weight: missing"),
        (int | Parcel, {"weight": "x"}, "a.weight: expected a whole number, got 'x'"),
        (int | Parcel, "x", "a: expected a whole number or an object, got 'x'"),
        (Literal["red", "blue"], "green", "a: expected 'red' or 'blue', got 'green'"),
        (Literal[1], 2, "a: expected 1, got 2"),
        (Annotated[int, Field(ge=0)], -1, "a: expected at least 0, got -1"),
        (Annotated[int, Field(gt=0)], 0, "a: expected more than 0, got 0"),
        (Annotated[int, Field(le=9)], 10, "a: expected at most 9, got 10"),
        (Annotated[int, Field(lt=9)], 9, "a: expected less than 9, got 9"),
        (Annotated[int, Field(multiple_of=2)], 3, "a: expected a multiple of 2, got 3"),
        (Annotated[str, Field(min_length=2)], "x", "a: expected a length of at least 2, got 'x'"),
        (Annotated[str, Field(max_length=2)], "xyz", "a: expected a length of at most 2, got 'xyz'"),
        (Annotated[str, Field(pattern="^x+$")], "y", "a: expected text that matches ^x+$, got 'y'"),
        (tuple[int, str], [1], "a: expected at least 2 items, got [1]"),
        (tuple[int, str], [1, "x", 2], 'a: expected at most 2 items, got [1, "x", 2]'),
        (set[int], [1, 1], "a: expected a list without repetitions, got [1, 1]"),
        (date, "tomorrow", "a: expected text in the format date, got 'tomorrow'"),
        (Decimal, "NaN", "a: expected text in the format decimal, got 'NaN'"),
        (Decimal | None, "x", "a: expected text in the format decimal, got 'x'"),
        (list[Decimal], ["1", "inf"], "a[1]: expected text in the format decimal, got 'inf'"),
        (Price, "-1", "a: expected greater than or equal to 0, got '-1'"),
        (Price, "1.234", "a: expected no more than 2 decimal places, got '1.234'"),
        (Price | None, "123456", "a: expected no more than 5 digits in total, got '123456'"),
        (float, 10**400, f"a: expected at most 1.7976931348623157e+308, got 1{'0' * 36}..."),
        (dict[str, float], {"k": -(10**400)}, f"a.k: expected at least -1.79769{REST}"),
        (dict[str, int], {"k": "x"}, "a.k: expected a whole number, got 'x'"),
        (dict[str, int], {"k": 1e19}, "a.k: expected a whole number with all its digits, got 1e+19"),
        (dict[int, int], {"1": 1, "x": 1}, "a: expected keys to be text in the format integer, got 'x'"),
        (dict[Decimal, int], {"NaN": 1}, "a: expected keys to be text in the format decimal, got 'NaN'"),
        (dict[Code, int], {"b": 1}, "a.b: unknown"),
        (tuple[int, ...], [1, "x"], "a[1]: expected a whole number, got 'x'"),
        (IPv4Network, "10.0.0.1/8", "a: expected text in the format ipv4network, got '10.0.0.1/8'"),
        (AnyUrl, "http://", "a: expected text in the format uri, got 'http://'"),
        (Json, "[1", "a: expected text in the format json, got '[1'"),
        (
            Annotated[Letter | Card, Field(discriminator="kind")],
            {"kind": "box"},
            "a.kind: expected 'letter', got 'box'",
        ),
    ],
)
def test_the_reason_is_in_a_readers_words(hint: Any, value: Any, message: str) -> None:
    def function(a: Any) -> None: ...

    function.__annotations__["a"] = hint
    assert _refusal(_spec(function), [value]) == message


def test_a_model_that_forbids_more_names_what_is_unknown_inside_it() -> None:
    class Strict(BaseModel, extra="forbid"):
        weight: int

    def function(a: Strict) -> None: ...

    function.__annotations__["a"] = Strict
    assert _refusal(_spec(function), [{"weight": 1, "height": 2}]) == "a.height: unknown"


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (
            {"oneOf": [{"type": "integer"}, {"minimum": 1}]},
            "a: expected exactly one of the alternatives to fit, got 2",
        ),
        ({"not": {"type": "integer"}}, "a: expected what the schema's not asks for, got 2"),
    ],
)
def test_rules_of_a_schema_that_pydantic_would_not_write_have_words_too(schema: Any, message: str) -> None:
    spec = TaskSpec(name="it", queue="q", schema={"properties": {"a": schema}}, parameters=("a",))
    assert _refusal(spec, [2]) == message


@pytest.mark.parametrize(
    ("hint", "text"),
    [
        (datetime, "2031-05-04T08:30:00"),
        (datetime, "2031-05-04T08:30:00Z"),
        (date, "2031-05-04"),
        (timedelta, "PT5M"),
        (timedelta, "00:05:00"),
        (UUID, "0190b3d4f5a67b8c9d0e1f2a3b4c5d6e"),
    ],
)
def test_a_format_means_what_it_means_to_the_worker(hint: Any, text: str) -> None:
    def function(a: Any) -> None: ...

    function.__annotations__["a"] = hint
    check_args(_spec(function), [text])
    TypeAdapter(hint).validate_python(text)


@pytest.mark.parametrize(
    "hint",
    [
        *(int, float, bool, str, bytes, complex, Decimal, Price, Decimal | None, float | str | None),
        *(date, datetime, time, timedelta, UUID, IPv4Address, IPv4Network, Base64Bytes, Json),
        *(dict[str, int], dict[int, float], dict[float, int], dict[bool, int], dict[Decimal, int]),
        *(dict[date, int], dict[UUID, int], dict[Code, int], dict[str, Price], dict[str, Parcel]),
        *(list[Decimal], set[float], frozenset[str], tuple[int, str], tuple[float, ...], Parcel),
        *(Annotated[float, Field(ge=0, lt=10)], Annotated[set[int], Field(min_length=2)]),
        Annotated[dict[str, int], Field(max_length=1)],
    ],
    ids=str,
)
def test_what_passes_the_door_is_taken_by_the_worker(hint: Any) -> None:
    # Given
    def function(a: Any) -> None: ...

    function.__annotations__["a"] = hint
    signature, spec = read_signature("it", function), _spec(function)
    texts = ["", "a", "NaN", "-inf", "sNaN", "1", "-1", "1.5", "12345.678", "1e999", "1_0", " 1", "0x1", "[1"]
    texts += ["2031-05-04", "2031-13-01", "12:00", "PT1S", "1 day", "1.2.3.4", "10.0.0.1/8", "YQ==", "Y"]
    scalars = [*texts, 0, -1, 10, 10**29, 10**400, -(10**400), 1.0, 0.3, 9e18, 1e19, 1e308, True, None]
    lists = [[], *([each] for each in scalars), *([1, each] for each in scalars), ["x", "x"]]
    objects = [{}, *({"a": each} for each in scalars), *({each: 1} for each in texts), {"a": {"weight": "x"}}]

    # When / Then
    for value in [*scalars, *lists, *objects]:
        try:
            check_args(spec, [value])
        except InvalidArguments as refused:
            assert refused.fields["field"].startswith("a")  # noqa: PT017
            continue
        try:
            signature.validate((value,), {})
        except ValidationError as error:
            pytest.fail(f"{value!r} passed the door: {error}")


def test_a_newer_specification_of_the_same_name_is_checked_by_its_own_schema() -> None:
    # Given a task that was checked with one schema
    check_args(ADD, [1, 2])

    # When a newer worker publishes another
    newer = msgspec.structs.replace(ADD, schema={"type": "object", "required": ["c"]}, parameters=("c",))

    # Then both are checked, each by its own
    assert _refusal(newer, {}) == "c: missing"
    check_args(ADD, [1, 2])


def test_a_specification_survives_the_ledger() -> None:
    assert msgspec.json.decode(msgspec.json.encode(ADD), type=TaskSpec) == ADD


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists))
def test_any_value_is_taken_or_refused_and_nothing_else(value: object) -> None:
    try:
        check_args(ADD, [value])
    except InvalidArguments:
        assert not isinstance(value, int) or isinstance(value, bool)
    else:
        assert isinstance(value, int | float)
        assert not isinstance(value, bool)
