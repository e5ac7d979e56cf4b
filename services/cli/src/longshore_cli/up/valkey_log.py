"""What Valkey writes, as our log lines: `22913:M 21 Nov 2026 12:22:12.335 * Server initialized`."""

import re
from typing import Any, Final

_LINE: Final = re.compile(r"^\d+:\S+ (?:\(\d+\) )?(?:[\d: A-Za-z.]+? )?([.*#-]) (.*)$")
_LEVELS: Final = {".": "debug", "-": "debug", "*": "debug", "#": "warning"}
_NO_WARNINGS: Final = ("Memory overcommit", "ready to exit")
"""Said at every start and every stop, and nothing a laptop's owner should act upon."""


def read_valkey_line(line: str) -> dict[str, Any]:
    """A line's level and text. What Valkey finds merely worth noting is for the JSON log."""
    found = _LINE.match(line)
    if found is None:
        return {"event": line, "level": "debug" if line[:1].isdigit() else "warning"}
    mark, text = found.groups()
    level = "debug" if any(words in text for words in _NO_WARNINGS) else _LEVELS[mark]
    return {"event": text, "level": level}
