"""The tasks that are submitted in the browser. Workers load this as a module.

The variable GATE names a file: while it is not there, `pass_gate` fails and `wait_at_gate` waits.
"""

import os
import time
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from longshore import task

WORK: Final = "work"
"""The queue of these tasks. The examples, which every worker has, are each in one of their own."""


@task(queue=WORK)
def fail(reason: str) -> None:
    """Fail for this reason."""
    raise ValueError(reason)


@task(queue=WORK)
def pass_gate(number: int) -> int:
    """Return the number while the gate is open."""
    if not Path(os.environ["GATE"]).exists():
        raise ConnectionError("the gate is closed")
    return number


@task(queue=WORK)
def wait_at_gate() -> str:
    """Wait until the gate is open, however long."""
    while not Path(os.environ["GATE"]).exists():
        time.sleep(0.05)
    return "passed"


@task(queue=WORK)
def order(
    item: Annotated[str, Field(description="What to order", min_length=2)],
    count: Annotated[int, Field(ge=1, le=99)] = 1,
    size: Literal["small", "large"] = "small",
    gift: bool = False,
    notes: list[str] | None = None,
    weight: float | None = None,
) -> dict[str, object]:
    """Order something."""
    return {"item": item, "count": count, "size": size, "gift": gift, "notes": notes, "weight": weight}


@task(queue=WORK)
def slow_add(a: int, b: int, seconds: float = 0.0) -> int:
    """Add two whole numbers in so many seconds."""
    time.sleep(seconds)
    return a + b
