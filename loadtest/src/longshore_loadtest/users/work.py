"""The tasks that are submitted: mostly quick ones, some that fail at first, some urgent, some for later."""

import random
from typing import Final

from longshore_loadtest.history.record import Call
from longshore_loadtest.marks.answers import CPU, FLAKY, MARK

_VALUES: Final = 2**31
_PRIORITIES: Final = (0, 4, 4, 4, 4, 4, 4, 4, 9, 9)


def draw(chance: random.Random, id: str) -> Call:
    """A call, drawn by weight."""
    value = chance.randrange(_VALUES)
    priority = chance.choice(_PRIORITIES)
    kind = chance.random()
    if kind < 0.80:
        return Call(id=id, task=MARK, args=[value, chance.choice((0, 0, 0, 5, 20))], priority=priority)
    if kind < 0.90:
        return Call(id=id, task=CPU, args=[value, chance.choice((1, 2, 5))], priority=priority)
    if kind < 0.95:
        return Call(
            id=id, task=MARK, args=[value, 0], priority=priority, delay=round(chance.uniform(0.5, 5), 1)
        )
    return Call(id=id, task=FLAKY, args=[value, chance.choice((1, 1, 2))], priority=priority)


def submission(call: Call) -> dict[str, object]:
    """A call as the API takes it."""
    told: dict[str, object] = {"task": call.task, "args": call.args, "id": call.id, "priority": call.priority}
    if call.delay:
        told["delay"] = call.delay
    if call.retries is not None:
        told["retries"] = call.retries
    return told
