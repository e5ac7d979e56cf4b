"""From a function's type hints: the JSON Schema of its parameters, and the validation before each call."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter
from typing import Any, Final

from pydantic import TypeAdapter, validate_call
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import CoreSchema

from longshore.errors import InvalidTask
from longshore.formats import LIMITS

_Bound = tuple[tuple[Any, ...], dict[str, Any]]

_REFUSED: Final = {
    Parameter.VAR_POSITIONAL: "*{}: name each parameter, or take one list",
    Parameter.VAR_KEYWORD: "**{}: name each parameter, or take one dict",
    Parameter.POSITIONAL_ONLY: "{} is positional-only: arguments may come by name, remove the '/'",
}


@dataclass(frozen=True, slots=True)
class Signature:
    """How a function is called with JSON."""

    schema: dict[str, Any]
    parameters: tuple[str, ...]
    positional: int
    """How many of the parameters may come without a name; the others are keyword-only."""
    bind: Callable[..., _Bound]

    def validate(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Bound:
        """Return the arguments as the type hints want them. Raises pydantic's ValidationError."""
        if len(args) > self.positional:
            rest = zip(self.parameters[self.positional :], args[self.positional :], strict=False)
            if len(args) <= len(self.parameters):
                args, kwargs = args[: self.positional], dict(rest) | kwargs
        return self.bind(*args, **kwargs)


def read_signature(name: str, function: Callable[..., Any]) -> Signature:
    """Read how `function` is called. Raises InvalidTask for one that JSON cannot call."""
    if not inspect.isfunction(function):
        raise InvalidTask(name=name, reason="a task is a function (def)")
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise InvalidTask(name=name, reason="async def is not supported; call asyncio.run inside a plain def")
    if inspect.isgeneratorfunction(function):
        raise InvalidTask(name=name, reason="it yields; a task returns one value, a list for instance")
    parameters = inspect.signature(function).parameters
    for parameter in parameters.values():
        if parameter.kind in _REFUSED:
            raise InvalidTask(name=name, reason=_REFUSED[parameter.kind].format(parameter.name))
    try:
        capture: Any = _capture(function)
        bind = validate_call(capture)
        schema = TypeAdapter(capture).json_schema(schema_generator=_Schema)
    except Exception as error:  # They are the user's code: a `json_schema_extra` may raise anything.
        first = (str(error) or type(error).__name__).splitlines()[0]
        raise InvalidTask(name=name, reason=f"its type hints: {first}") from error
    for other in set(schema.get("properties", ())) - set(parameters):
        raise InvalidTask(name=name, reason=f"its type hints: a parameter has the alias {other}; rename it")
    positional = sum(each.kind is Parameter.POSITIONAL_OR_KEYWORD for each in parameters.values())
    return Signature(schema, tuple(parameters), positional, bind)


def _capture(function: Callable[..., Any]) -> Callable[..., _Bound]:
    """Make a function with the same signature that returns its arguments.

    Validating through it, and not through `validate_call(function)`, tells an argument that does not fit
    from a ValidationError that the function itself raises.
    """

    @functools.wraps(function)
    def capture(*args: Any, **kwargs: Any) -> _Bound:
        return args, kwargs

    return capture


class _Schema(GenerateJsonSchema):
    """Without the titles that pydantic makes from names, and without a word about defaults JSON lacks."""

    ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012

    def field_title_should_be_set(self, schema: CoreSchema) -> bool:  # noqa: ARG002
        """No title repeats a field's name."""
        return False

    def decimal_schema(self, schema: Any) -> JsonSchemaValue:
        """Pydantic says nothing of the text that a Decimal may come as."""
        described = super().decimal_schema(schema)
        for option in described.get("anyOf", ()):
            if option == {"type": "string"}:
                option["format"] = "decimal"
        limits = {name: str(schema[name]) for name in LIMITS if schema.get(name) is not None}
        return described | ({"decimal": limits} if limits else {})

    def complex_schema(self, schema: Any) -> JsonSchemaValue:
        """Text that Python reads as a complex number."""
        return super().complex_schema(schema) | {"format": "complex"}

    def json_schema(self, schema: Any) -> JsonSchemaValue:
        """Text that is JSON itself."""
        return super().json_schema(schema) | {"format": "json"}

    def dict_schema(self, schema: Any) -> JsonSchemaValue:
        """Keys are text in JSON: what the text must be is lost unless it is said here."""
        described = super().dict_schema(schema)
        if "patternProperties" in described:  # Without this, keys that do not match may hold anything.
            return described | {"additionalProperties": False}
        kind = _KEYS.get(schema.get("keys_schema", {}).get("type"))
        return described | ({"propertyNames": {"format": kind}} if kind else {})


_KEYS: Final = {"int": "integer", "float": "number", "decimal": "decimal", "bool": "boolean"}
"""Formats of keys, by pydantic's name of their type."""
