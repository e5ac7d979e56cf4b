"""From a function's type hints: the JSON Schema of its parameters, and the validation before each call."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter
from typing import Any, Final

from pydantic import TypeAdapter, validate_call
from pydantic.errors import PydanticUserError
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import CoreSchema

from longshore.errors import InvalidTask

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
    except (PydanticUserError, NameError) as error:
        raise InvalidTask(name=name, reason=f"its type hints: {str(error).splitlines()[0]}") from error
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
