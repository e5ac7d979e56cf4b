"""Messages to publish, and what is to become of them."""

from longshore_broker import Message, Publisher, Ref
from tests.services.waiting import eventually


def message(id: str = "task-1", priority: int = 4, body: bytes = b"[[1,2],{},{}]") -> Message:
    """A copy of a task called add."""
    headers: dict[str, str | int | float] = {"lang": "py", "task": "add", "id": id, "run": f"run-of-{id}"}
    return Message(id, f"run-of-{id}", priority, headers, body)


def ref(queue: str, id: str = "task-1") -> Ref:
    """What names the message of the same id."""
    return Ref(queue, id, f"run-of-{id}")


def settle(publisher: Publisher, count: int, within: float = 15.0) -> tuple[list[Ref], list[Ref]]:
    """Collect outcomes until `count` are known: the confirmed and the refused."""
    confirmed: list[Ref] = []
    refused: list[Ref] = []

    def known() -> bool:
        settled = publisher.settle(0.05)
        confirmed.extend(settled.confirmed)
        refused.extend(settled.refused)
        return len(confirmed) + len(refused) >= count

    eventually(known, within=within, every=0.01)
    return confirmed, refused
