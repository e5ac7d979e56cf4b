"""What others wrote, made fit for a terminal: control characters are shown, never obeyed.

Paths, ids, errors and results come from anybody who can submit a task; sent to a terminal as they are, they
could write its clipboard (OSC 52), move its cursor or turn text round.
"""

import re
from typing import Final

_CONTROLS: Final = "\x00-\x08\x0b-\x1f\x7f-\x9f"
_SEPARATORS: Final = "\u2028\u2029"
_DIRECTIONS: Final = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_SURROGATES: Final = "\ud800-\udfff"
"""What is left of a file name that is no UTF-8; no encoding takes it."""

_IN_A_LINE: Final = re.compile(f"[\t\n{_CONTROLS}{_SEPARATORS}{_DIRECTIONS}{_SURROGATES}]")
_IN_A_TEXT: Final = re.compile(f"(?!\r\n)[{_CONTROLS}{_SEPARATORS}{_DIRECTIONS}{_SURROGATES}]")
_IN_JSON: Final = re.compile(f"[\x7f-\x9f{_SEPARATORS}{_DIRECTIONS}]")
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7e]")


def visible(text: str) -> str:
    """`text` as one line: each control character, line feed and tab too, as Python would write it."""
    return _IN_A_LINE.sub(_escaped, text)


def visible_lines(text: str) -> str:
    """The same for a text of several lines: line ends and tabs stay."""
    return _IN_A_TEXT.sub(_escaped, text)


def visible_json(document: str, *, ascii_only: bool = False) -> str:
    """The same document: JSON escapes most control characters by itself, and may escape any other.

    `ascii_only`: for a stream that cannot take more.
    """
    return (_NOT_ASCII if ascii_only else _IN_JSON).sub(_escaped_in_json, document)


def encodable(text: str) -> str:
    """A text that JSON and UTF-8 can hold: what is left of a file name that is no UTF-8 is escaped."""
    return text.encode(errors="backslashreplace").decode()


def _escaped_in_json(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be").hex()  # two of them beyond U+FFFF
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
