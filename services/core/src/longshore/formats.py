"""What a JSON Schema cannot say, or says otherwise than pydantic, which reads the arguments in a worker.

Each of these lets through what pydantic takes, so that an argument that passes the API does not fail later.
"""

import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AnyUrl, Base64Bytes, Base64UrlBytes, Field, Json, TypeAdapter, ValidationError

LIMITS: Final = ("gt", "ge", "lt", "le", "multiple_of", "max_digits", "decimal_places")
"""Limits of a Decimal, as the keyword `decimal` holds them: they are for text, too."""

_FREE: Final = frozenset({"const", "enum", "default", "examples"})
"""Keywords that hold values, not schemas."""


def with_bounds(schema: Any) -> Any:
    """The schema as pydantic means it: a number is no larger than a float, and a whole one keeps its digits.

    Not in what is published: it would stand beside each number there.
    """
    if isinstance(schema, list):
        return [with_bounds(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    bounded = {name: part if name in _FREE else with_bounds(part) for name, part in schema.items()}
    if schema.get("type") == "number":
        return {"maximum": sys.float_info.max, "minimum": -sys.float_info.max} | bounded
    if schema.get("type") == "integer":
        return bounded | {"digits": True}
    return bounded


class _DecimalLimits:
    """The keyword `decimal`: limits of a Decimal that comes as a number or as text."""

    def __init__(self, parent: Any, value: Any, path: Any) -> None:  # noqa: ARG002
        numbers = {"max_digits": int, "decimal_places": int}
        try:
            limits = {name: numbers.get(name, Decimal)(text) for name, text in value.items()}
            self._adapter = TypeAdapter(Annotated[Decimal, Field(**limits)])
        except (InvalidOperation, TypeError, AttributeError) as error:
            raise ValueError(f"its limits of a Decimal cannot be read: {value!r}") from error

    def validate(self, instance: Any) -> None:
        """Raise ValueError, which says what is expected, for what does not keep to them."""
        if not isinstance(instance, str | int | float) or isinstance(instance, bool):
            return  # Another option of a union, or refused by its type.
        try:
            self._adapter.validate_python(instance)
        except ValidationError as error:
            raise ValueError(error.errors()[0]["msg"]) from None


class _Digits:
    """The keyword `digits`: 1e19 is a whole number in JSON Schema; to pydantic it is a float without them."""

    def __init__(self, parent: Any, value: Any, path: Any) -> None:
        pass

    def validate(self, instance: Any) -> None:
        """Raise ValueError for a float that is larger than what pydantic takes for an integer."""
        if type(instance) is float and abs(instance) >= _LARGEST_WHOLE:
            raise ValueError("a whole number with all its digits")


_LARGEST_WHOLE: Final = 2.0**63


def _accepts(kind: Any) -> Callable[[str], bool]:
    """Let pydantic check a format: JSON Schema's own `date-time` refuses a time without a zone, for one."""
    adapter = TypeAdapter(kind)

    def accepts(text: str) -> bool:
        try:
            adapter.validate_python(text)
        except ValidationError:
            return False
        return True

    return accepts


FORMATS: Final = {
    "date": _accepts(date),
    "date-time": _accepts(datetime),
    "time": _accepts(time),
    "duration": _accepts(timedelta),
    "uuid": _accepts(UUID),
    "uri": _accepts(AnyUrl),
    "base64": _accepts(Base64Bytes),
    "base64url": _accepts(Base64UrlBytes),
    "ipv4network": _accepts(IPv4Network),
    "ipv6network": _accepts(IPv6Network),
    "ipv4interface": _accepts(IPv4Interface),
    "ipv6interface": _accepts(IPv6Interface),
    "decimal": _accepts(Decimal),
    "complex": _accepts(complex),
    "json": _accepts(Json),
    "integer": _accepts(int),
    "number": _accepts(float),
    "boolean": _accepts(bool),
}
"""By name; those from `decimal` on are ours: numbers as text, as the keys of a dict are."""

KEYWORDS: Final[dict[str, Any]] = {"decimal": _DecimalLimits, "digits": _Digits}
