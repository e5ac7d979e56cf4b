"""Longshore runs Python functions on many machines and never loses one.

What a user needs is here: `task` and `current` for those who write tasks, `Client` for those who
submit them. The client is imported when asked for, so that a task module costs no HTTP client.
"""

from typing import TYPE_CHECKING, Any

# At once, not when asked for: importing the package longshore.task would else put itself under this name.
from longshore.task import current, task

if TYPE_CHECKING:
    from longshore.client import Client

__all__ = ["Client", "current", "task"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name != "Client":
        raise AttributeError(f"module 'longshore' has no attribute {name!r}")
    from longshore.client import Client  # noqa: PLC0415  # See above.

    return Client
