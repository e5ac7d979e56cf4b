"""Events, made up."""

from longshore_ledger.shapes import Event


def event(
    number: int, task_id: str = "a", state: str = "PENDING", queue: str = "q", task: str = "add"
) -> Event:
    """The event with that number."""
    return Event(f"1000-{number}", task_id, state, queue, task)
