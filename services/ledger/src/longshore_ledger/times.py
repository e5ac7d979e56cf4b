"""The ledger's time: microseconds since 1970 by its server's clock, shown as RFC 3339 with milliseconds."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from longshore_ledger.connection import Connection

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def now_us(connection: Connection) -> int:
    """The ledger's clock."""
    return int(connection.run("now"))


def rfc3339(us: float) -> str:
    """`2026-11-21T09:30:00.125Z`."""
    text = datetime.fromtimestamp(us / 1e6, UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def shown(us: float) -> str:
    """`rfc3339`, or the beginning of 1970 for what is no time: of a record that was damaged."""
    try:
        return rfc3339(us)
    except (ValueError, OverflowError, OSError):
        return rfc3339(0)


def us_of(moment: datetime) -> int:
    """A time as the ledger keeps it. `moment` knows its time zone."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def after(stamp: int, ms: Any) -> str | None:
    """The time `ms` milliseconds after `stamp`; records keep times so. None where there is none."""
    return None if ms is None else rfc3339(stamp + int(ms) * 1000)
