"""Events by the client, from a real API that comes and goes."""

import threading
from collections.abc import Iterator
from contextlib import suppress

import httpx

from longshore import Client
from longshore.client import ApiUnreachable, Event, Skipped, Snapshot, TaskEvent
from longshore_ledger import Ledger
from longshore_ledger.records import NewTask, payload_digest
from tests.services.ports import free_port
from tests.services.processes import Processes
from tests.services.waiting import Eventually


class Listener:
    """Keeps what a client hears."""

    def __init__(self, events: Iterator[Event]) -> None:
        self.heard: list[Event] = []
        threading.Thread(target=lambda: self._listen(events), daemon=True).start()

    def _listen(self, events: Iterator[Event]) -> None:
        with suppress(ApiUnreachable, RuntimeError, httpx.HTTPError):  # the client is closed in the end
            for event in events:
                self.heard.append(event)

    def tasks(self) -> list[str]:
        """The tasks it heard of."""
        return [event.id for event in self.heard if isinstance(event, TaskEvent)]


def _submit(ledger: Ledger, *ids: str) -> None:
    ledger.intake.submit([NewTask(id, "add", "add", b"[1,2]", payload_digest(b"[1,2]")) for id in ids])


def test_an_api_that_is_restarted_costs_no_event(
    processes: Processes, redis_url: str, ledger: Ledger, eventually: Eventually
) -> None:
    # Given a client that has heard of a task
    port = free_port()
    api = processes.start("api", ledger=redis_url, port=port)
    with Client(f"http://127.0.0.1:{port}", "") as client:
        listener = Listener(client.events(queue="add"))
        numbers = iter(range(1000))

        def hears() -> bool:
            _submit(ledger, f"first-{next(numbers)}")
            return bool(listener.tasks())

        eventually(hears, every=0.2)
        _submit(ledger, "before")
        eventually(lambda: "before" in listener.tasks())

        # When the API is away for a while, in which much happens
        api.process.terminate()
        assert api.wait(within=20) == 0
        missed = [f"missed-{n}" for n in range(200)]
        _submit(ledger, *missed)
        processes.start("api", ledger=redis_url, port=port)

        # Then it hears of all that, and of what comes after
        eventually(lambda: listener.tasks()[-200:] == missed)
        _submit(ledger, "after")
        eventually(lambda: listener.tasks()[-1] == "after")
        assert all(isinstance(event, TaskEvent | Skipped) for event in listener.heard)


def test_the_whole_is_heard_of_each_second(client: Client, ledger: Ledger, eventually: Eventually) -> None:
    # Given
    listener = Listener(client.events())

    # When
    _submit(ledger, "a")

    # Then
    def shown() -> bool:
        last = listener.heard[-1:]
        return any(isinstance(each, Snapshot) and each.states["PENDING"] == 1 for each in last)

    eventually(shown)
