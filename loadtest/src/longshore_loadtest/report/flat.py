"""Values within values, as names with points."""

from collections.abc import Iterator, Mapping
from typing import Any


def flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Names and values as text, those within others as `outer.inner`; what is null is left out."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{before}{name}.")
        elif value is not None:
            yield f"{before}{name}", ", ".join(map(str, value)) if isinstance(value, list) else str(value)
