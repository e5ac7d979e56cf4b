"""What came of a line, as one line of text."""

import json
import re
from typing import Any, Final

from longshore.errors import BadLine
from longshore.values import NotJSON, encode

_MORE_THAN_A_LINE: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]").search
"""Line ends of any kind, other control characters but the tab, and what UTF-8 cannot hold."""


def render(result: Any) -> str:
    """Show a result: 7, 0.30000000000000004, a text as it is, all else as compact JSON.

    A text that would not stay on its line is written as JSON, too. Raises BadLine for what JSON cannot hold,
    NaN and infinity among it.
    """
    if isinstance(result, str) and not _MORE_THAN_A_LINE(result):
        return result
    try:
        if isinstance(result, str):
            return json.dumps(result)
        return encode(result).decode()
    except NotJSON as error:
        raise BadLine(reason=f"the result: {error}") from error


def error_line(number: int, reason: str) -> str:
    """Show why line `number` has no result, on one line whatever the reason holds."""
    return f"error: line {number}: {' '.join(reason.split())}"
