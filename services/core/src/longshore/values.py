"""JSON values, strictly: what comes in is what any JSON reader reads, what goes out holds no NaN.

Integers keep every digit. NaN and infinity do not exist in JSON; Python's `json` reads and writes them all
the same, and `msgspec` writes null in their place. Here they are refused both ways.
"""

import json
import sys
from collections import deque
from collections.abc import Callable, Coroutine, ItemsView, Iterator, KeysView, Mapping, ValuesView
from dataclasses import fields, is_dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from pathlib import PurePath
from types import NoneType
from typing import Any, Final
from uuid import UUID

import msgspec
from pydantic_core import PydanticSerializationError, to_jsonable_python

_decode = msgspec.json.Decoder().decode


class NotJSON(ValueError):
    """The text is not JSON, or the value has no JSON form. The message says why in a few words."""


def decode(text: bytes | str) -> Any:
    """Read JSON. Raises NotJSON for anything else, numbers beyond a float (1e400) among it."""
    try:
        return _decode(text)
    except UnicodeError as error:  # A subclass of ValueError, as msgspec's errors are.
        raise NotJSON("the text is not UTF-8") from error
    except RecursionError as error:
        raise NotJSON("nested too deeply") from error
    except (msgspec.MsgspecError, ValueError) as error:
        raise NotJSON(_why(text, str(error))) from error


def refuse_repeated(text: bytes) -> None:
    """Raise NotJSON where an object in `text`, which is JSON, holds a key twice: readers differ on it."""
    if b"{" not in text:
        return
    try:
        json.loads(text, object_pairs_hook=_refuse_repeated_key, parse_int=len, parse_float=len)
    except RecursionError as error:
        raise NotJSON("nested too deeply") from error


def encode(value: Any) -> bytes:
    """Write JSON, compact, UTF-8. `docs/tasks.md` has the table of what each type of Python becomes.

    Raises NotJSON for everything that is not in it, and for what would lose something: NaN, two keys that
    become one, half a surrogate pair, an integer of more than 4,300 digits.
    """
    try:
        # A task may have lifted Python's own limit of digits.
        plain = 0 < sys.get_int_max_str_digits() <= _DIGITS and _is_plain(value)
        return _encode(value if plain else _plain(value)).encode()
    except NotJSON:
        raise
    except UnicodeEncodeError as error:
        raise NotJSON("a text holds half a surrogate pair, which UTF-8 cannot hold") from error
    except PydanticSerializationError as error:
        raise NotJSON(str(error)) from error
    except RecursionError as error:
        raise NotJSON("nested too deeply") from error
    except (TypeError, ValueError) as error:
        raise NotJSON(_in_words(str(error))) from error


def _in_words(message: str) -> str:
    if message.startswith("Out of range float"):
        return "not a finite number"
    if message.startswith("Exceeds the limit"):
        return _TOO_LONG
    return message


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode

_DIGITS: Final = 4300
"""Of an integer: what Python reads unless it is told otherwise. The API is not."""
_LARGEST: Final = 10**_DIGITS
_TOO_LONG: Final = f"an integer of more than {_DIGITS} digits; return it as text"
_SCALARS: Final = frozenset({str, int, float, bool, type(None)})


def _is_plain(value: Any) -> bool:
    """Whether the value is of the types that `json` writes as they are, with texts as keys."""
    kind = type(value)
    if kind is dict:
        if not {str}.issuperset(map(type, value)):
            return False
        value = value.values()
    elif kind is not list and kind is not tuple:
        return kind in _SCALARS
    return _SCALARS.issuperset(map(type, value)) or all(map(_is_plain, value))


def _plain(value: Any) -> Any:
    """Turn a value into what `json` writes. Raises NotJSON."""
    for kinds, convert in _FORMS.items():
        if isinstance(value, kinds):
            return convert(value)
    if hasattr(type(value), "__pydantic_serializer__"):  # a model, or a dataclass of pydantic's
        return _plain(to_jsonable_python(value))
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    raise NotJSON(_advice(value))


def _integer(value: int) -> int:
    if abs(value) >= _LARGEST:
        raise NotJSON(_TOO_LONG)
    return value


def _decimal(value: Decimal) -> Any:
    if not value.is_finite():
        raise NotJSON("not a finite number")
    return to_jsonable_python(value)


def _object(value: Mapping[Any, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, each in value.items():
        name = _plain(key)
        if not isinstance(name, str):
            if isinstance(name, list | dict):
                raise NotJSON(f"keys must be texts, numbers or dates, not {type(key).__name__}")
            name = _encode(name)
        if name in found:
            raise NotJSON(f"two keys of an object are {name!r} in JSON")
        found[name] = _plain(each)
    return found


def _advice(value: Any) -> str:
    kind = type(value)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    if isinstance(value, Coroutine):
        value.close()
        return "a coroutine is not JSON; call asyncio.run in the task"
    if isinstance(value, Iterator):
        return f"{name} is not JSON; return a list"
    return f"{name} is not JSON; return text, numbers, lists or dicts"


_FORMS: Final[dict[Any, Callable[[Any], Any]]] = {
    Enum: lambda value: _plain(value.value),
    (NoneType, bool, float): lambda value: value,
    str: str.__str__,
    int: _integer,
    Mapping: _object,
    (list, tuple, set, frozenset, deque, range, KeysView, ValuesView, ItemsView): (
        lambda value: [_plain(each) for each in value]
    ),
    Decimal: _decimal,
    PurePath: str,
    (date, time, timedelta, UUID, bytes): to_jsonable_python,
    (IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network): to_jsonable_python,
}
"""What a value becomes, by its type; the first that fits."""


def _why(text: bytes | str, message: str) -> str:
    """Put msgspec's message into a reader's words."""
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except NotJSON as found:
        return str(found)
    except (ValueError, RecursionError):
        pass  # Broken elsewhere: msgspec said where.
    return message.removeprefix("JSON is malformed: ").split(" - at ")[0].lower()


def _refuse_repeated_key(pairs: list[tuple[str, Any]]) -> None:
    seen = set[str]()
    for name, _ in pairs:
        if name in seen:
            raise NotJSON(f"the key {name!r} is given twice")
        seen.add(name)


def _refuse_constant(name: str) -> None:
    raise NotJSON(f"{name} is not JSON: numbers must be finite")
