"""Times as people write them."""

from typing import Final

import typer

_UNITS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(text: str | float) -> float:
    """`90`, `90s`, `1.5m`, `2h` in seconds; a default is a number already."""
    if isinstance(text, float):
        return text
    number, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS else (text, "s")
    try:
        return float(number) * _UNITS[unit]
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time: 90s, 15m, 2h") from None
