"""The fields of one CSV line (RFC 4180: commas, double quotes, a doubled quote for one inside).

Not Python's csv module: it cannot tell `""` from nothing, silently repairs what is broken, and has a limit
of 128 KiB a field that only a process-wide setting lifts.
"""

import re
from typing import Final

from longshore.errors import BadLine

_FIELD: Final = re.compile(r'\s*"([^"]*(?:""[^"]*)*)"\s*(?:,|$)|([^",]*)(?:,|$)').match


def fields(line: str) -> list[str | None]:
    """Return the line's fields, stripped unless quoted; None for an empty one. Raises BadLine."""
    if '"' not in line:
        return [field.strip() or None for field in line.split(",")]
    found: list[str | None] = []
    position = 0
    while True:
        field = _FIELD(line, position)
        if field is None:
            reason = f"broken quotes in field {len(found) + 1} (a quoted field must end on its line)"
            raise BadLine(reason=reason)
        quoted, bare = field.groups()
        found.append(quoted.replace('""', '"') if quoted is not None else bare.strip() or None)
        position = field.end()
        if not field.group().endswith(","):
            return found
