"""JSON values, strictly: what comes in is what any JSON reader reads, what goes out holds no NaN.

Integers keep every digit. NaN and infinity do not exist in JSON; Python's `json` reads and writes them all
the same, and `msgspec` writes null in their place. Here they are refused both ways.
"""

import json
from typing import Any

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


def encode(value: Any) -> bytes:
    """Write JSON, compact, UTF-8. What JSON lacks (dates, dataclasses, sets…) is written as pydantic would.

    Raises NotJSON for NaN, infinity, an integer too long for Python to print, and unknown types.
    """
    try:
        return _encode(value).encode()
    except UnicodeEncodeError:  # Half a surrogate pair, which only an escape can hold.
        return json.dumps(value, separators=(",", ":"), default=to_jsonable_python).encode()
    except PydanticSerializationError as error:
        raise NotJSON(str(error)) from error
    except RecursionError as error:
        raise NotJSON("nested too deeply") from error
    except (TypeError, ValueError) as error:
        raise NotJSON(
            str(error).replace("Out of range float values are not JSON compliant", "not a finite number")
        ) from error


_encode = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=to_jsonable_python
).encode


def _why(text: bytes | str, message: str) -> str:
    """Put msgspec's message into a reader's words."""
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except NotJSON as found:
        return str(found)
    except (ValueError, RecursionError):
        pass  # Broken elsewhere: msgspec said where.
    return message.removeprefix("JSON is malformed: ").split(" - at ")[0].lower()


def _refuse_constant(name: str) -> None:
    raise NotJSON(f"{name} is not JSON: numbers must be finite")
