"""A page's query as a struct. What is empty is left out, as forms send it."""

from typing import TypeVar

import msgspec
from flask import request

from longshore_api.submission import invalid

T = TypeVar("T")


def read_query(shape: type[T]) -> T:
    """The query of this request. Raises InvalidRequest, which names the field."""
    given = {name: text.strip() for name, text in request.args.items() if text.strip()}
    try:
        return msgspec.convert(given, shape, strict=False)
    except msgspec.ValidationError as error:
        raise invalid(error) from error
