"""A function becomes a task: registered by name, described by its type hints, still a function."""

from datetime import date, timedelta
from decimal import Decimal
from threading import Thread
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, BaseModel, Field

import longshore
from longshore import task
from longshore.errors import InvalidArguments, InvalidTask
from longshore.task import registry

Number = int | float


class Parcel(BaseModel):
    weight: int


def _even(number: int) -> int:
    if number % 2:
        raise ValueError("is odd")
    return number


def _raises(schema: dict[str, Any]) -> None:
    raise OSError("no extra today")


def test_a_bare_decorator_names_the_task_and_its_queue_after_the_function() -> None:
    # When a function is decorated without parentheses
    @task
    def add(a: int, b: int = 1) -> int:
        """Add two numbers.

        At length.
        """
        return a + b

    # Then it is registered under its name, with the summary its docstring begins with
    assert registry == {"add": add}
    assert (add.spec.name, add.spec.queue, add.spec.summary) == ("add", "add", "Add two numbers.")
    assert add.spec.parameters == ("a", "b")
    assert (add.spec.timeout, add.spec.retries, add.spec.backoff) == (None, 0, 2.0)


def test_every_option_can_be_given() -> None:
    @task(name="sums.add", queue="sums", timeout=30, retries=3, backoff=0.5)
    def add(a: int) -> int:
        return a

    assert registry == {"sums.add": add}
    assert (add.spec.queue, add.spec.timeout, add.spec.retries, add.spec.backoff) == ("sums", 30, 3, 0.5)
    assert add.spec.summary == ""


def test_a_name_alone_may_come_by_position() -> None:
    @task("plus")
    def add(a: int) -> int:
        return a

    assert (add.name, add.spec.queue, repr(add)) == ("plus", "plus", "<Task plus>")


def test_calling_a_task_calls_the_function_as_it_is() -> None:
    @task
    def echo(a: int) -> Any:
        """Say it again."""
        return a

    assert echo("not checked here") == "not checked here"  # type: ignore[arg-type]
    assert echo.__doc__ == "Say it again."


def test_a_worker_calls_with_a_list_in_order_or_an_object_by_name() -> None:
    @task
    def subtract(a: int, b: int = 1) -> int:
        return a - b

    def run(args: list[Any] | dict[str, Any]) -> int:
        bound, named = subtract.bind(args)
        return subtract.call(*bound, **named)

    assert (run([5, 3]), run([5]), run({"b": 3, "a": 5})) == (2, 4, 2)


def test_integers_stay_integers_where_both_kinds_of_numbers_are_taken() -> None:
    @task
    def echo(a: Number) -> Number:
        return a

    results = [echo.call(3), echo.call(3.0), echo.call(10**40)]
    assert [repr(each) for each in results] == ["3", "3.0", "1" + "0" * 40]


def test_json_becomes_what_the_type_hints_ask_for() -> None:
    @task
    def ship(parcels: list[Parcel], day: date) -> Any:
        return parcels, day

    assert ship.call([{"weight": 2}], "2031-05-04") == ([Parcel(weight=2)], date(2031, 5, 4))


def test_a_list_reaches_keyword_only_parameters_too() -> None:
    @task
    def area(width: int, *, height: int = 2) -> int:
        return width * height

    assert (area.call(3, 4), area.call(3), area.call(3, height=5)) == (12, 6, 15)


def test_a_task_may_have_no_parameters() -> None:
    @task
    def ping() -> str:
        return "pong"

    assert ping.call() == "pong"
    assert (ping.spec.parameters, ping.spec.schema["properties"]) == ((), {})


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["x"], "a: expected a whole number, got 'x'"),
        ([], "a: missing"),
        ([1, 2, 3], "args: Unexpected positional argument"),
        ([2, 3], "args: Value error, is odd"),
    ],
)
def test_arguments_that_do_not_fit_are_refused_in_a_readers_words(args: list[Any], message: str) -> None:
    @task
    def add(a: int, b: Annotated[int, AfterValidator(_even)] = 2) -> int:
        return a + b

    with pytest.raises(InvalidArguments) as refused:
        add.call(*args)
    assert str(refused.value) == message
    assert refused.value.fields["task"] == "add"


def test_a_validation_error_of_the_function_itself_is_not_taken_for_a_wrong_argument() -> None:
    @task
    def weigh(a: int) -> Parcel:
        return Parcel(weight="heavy")

    with pytest.raises(ValueError, match="valid integer") as raised:
        weigh.call(1)
    assert not isinstance(raised.value, InvalidArguments)


def test_the_schema_is_closed_and_holds_no_title_that_repeats_a_name() -> None:
    @task
    def ship(parcel: Parcel, copies: int = 1, mark: object = object()) -> None: ...

    assert ship.spec.schema == {
        "type": "object",
        "properties": {
            "parcel": {"$ref": "#/$defs/Parcel"},
            "copies": {"type": "integer", "default": 1},
            "mark": {},
        },
        "required": ["parcel"],
        "additionalProperties": False,
        "$defs": {
            "Parcel": {
                "title": "Parcel",
                "type": "object",
                "properties": {"weight": {"type": "integer"}},
                "required": ["weight"],
            }
        },
    }


def _variadic(a: int, *more: int) -> None: ...
def _keywords(a: int, **more: int) -> None: ...
def _positional(a: int, /) -> None: ...
async def _asynchronous() -> None: ...
async def _asynchronous_generator() -> Any:
    yield 1


def _generator() -> Any:
    yield 1


def _odd_schema(a: Annotated[int, Field(json_schema_extra={"type": "nothing"})]) -> None: ...
def _odd_extra(a: Annotated[int, Field(json_schema_extra=_raises)]) -> None: ...
def _unprintable(a: Annotated[int, Field(json_schema_extra={"examples": [Thread()]})]) -> None: ...
def _elsewhere(a: Annotated[int, Field(json_schema_extra={"$ref": "http://127.0.0.1:9/a"})]) -> None: ...
def _renamed(a: Annotated[int, Field(alias="b")]) -> None: ...
def _surrogate(a: int) -> None:
    "\ud800"


def _opaque(a: Thread) -> None: ...
def _unresolved(a: "Nowhere") -> None: ...  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (_variadic, "_variadic: *more: name each parameter, or take one list"),
        (_keywords, "_keywords: **more: name each parameter, or take one dict"),
        (_positional, "_positional: a is positional-only"),
        (_asynchronous, "_asynchronous: async def is not supported"),
        (_asynchronous_generator, "_asynchronous_generator: async def is not supported"),
        (_generator, "_generator: it yields"),
        (_odd_schema, "_odd_schema: its schema at properties/a/type: "),
        (_odd_extra, "_odd_extra: its type hints: no extra today"),
        (_unprintable, "_unprintable: its type hints: Unable to serialize unknown type"),
        (_elsewhere, "_elsewhere: its schema: Resource 'http://127.0.0.1:9/a' is not present"),
        (_renamed, "_renamed: its type hints: a parameter has the alias b"),
        (_surrogate, "_surrogate: 'utf-8' codec can't encode"),
        (_opaque, "_opaque: its type hints: Unable to generate pydantic-core schema for"),
        (_unresolved, "_unresolved: its type hints: "),
        (Parcel, "Parcel: a task is a function (def)"),
        (max, "max: a task is a function (def)"),
    ],
)
def test_what_json_cannot_call_is_refused_when_it_is_decorated(function: Any, reason: str) -> None:
    with pytest.raises(InvalidTask) as refused:
        task(function)
    assert str(refused.value).startswith(reason)
    assert registry == {}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"name": "two words"}, "name is 1 to 100 of"),
        ({"name": ""}, "name is 1 to 100 of"),
        ({"queue": "a/b"}, "queue is 1 to 100 of"),
        ({"queue": ""}, "queue is 1 to 100 of"),
        ({"queue": "amq.direct"}, "queue is none of amq.* .*, not 'amq.direct'"),
        ({"name": "longshore.epoch"}, "queue is none of amq.* .*, not 'longshore.epoch'"),
        ({"queue": 7}, "queue is 1 to 100 of .*, not 7"),
        ({"timeout": 0}, "timeout is a number of seconds above 0, .*, not 0"),
        ({"timeout": float("nan")}, "timeout is a number of seconds above 0, .*, not nan"),
        ({"timeout": Decimal(3)}, r"timeout is a number of seconds .*, not Decimal\('3'\)"),
        ({"timeout": True}, "timeout is a number of seconds .*, not True"),
        ({"timeout": "30"}, "timeout is a number of seconds .*, not '30'"),
        ({"timeout": timedelta(seconds=3)}, "timeout is a number of seconds .*, not datetime"),
        ({"timeout": 1e12}, "timeout is a number of seconds .*, not 1000000000000"),
        ({"retries": -1}, "retries is a whole number from 0 to 1000, not -1"),
        ({"retries": True}, "retries is a whole number from 0 to 1000, not True"),
        ({"retries": 0.5}, "retries is a whole number from 0 to 1000, not 0.5"),
        ({"retries": None}, "retries is a whole number from 0 to 1000, not None"),
        ({"retries": 1001}, "retries is a whole number from 0 to 1000, not 1001"),
        ({"backoff": -0.1}, "backoff is a number of seconds from 0 to .*, not -0.1"),
        ({"backoff": float("inf")}, "backoff is a number of seconds from 0 to .*, not inf"),
        ({"backoff": "2"}, "backoff is a number of seconds from 0 to .*, not '2'"),
    ],
)
def test_a_wrong_option_is_refused_by_name(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidTask, match=reason):
        task(**options)(_positional)


def test_two_functions_cannot_have_one_name_but_a_module_may_be_loaded_again() -> None:
    # Given a task
    def make() -> Any:
        @task(name="echo")
        def echo(a: int) -> int:
            return a

        return echo

    make()

    # When its module is loaded again, then the newer one replaces it
    again = make()
    assert registry["echo"] is again

    # When another function wants its name, then that is refused
    with pytest.raises(InvalidTask, match="has that name, too"):

        @task(name="echo")
        def other(a: int) -> int:
            return a


def test_the_package_gives_the_decorator_and_not_the_module_of_that_name() -> None:
    import longshore.task as imported  # noqa: F401

    assert longshore.task is task


def test_the_package_brings_its_client_when_asked_and_nothing_it_does_not_have() -> None:
    assert longshore.Client.__module__.startswith("longshore.client")
    with pytest.raises(AttributeError, match="module 'longshore' has no attribute 'Clint'"):
        longshore.Clint  # noqa: B018
