"""What an operator does: cancel, retry, pause, resume, drain."""

import json
from collections.abc import Sequence

from longshore_ledger.connection import Connection
from longshore_ledger.records import CancelAnswer, RetryAnswer, entropy
from longshore_ledger.times import now_us, rfc3339


class Control:
    """Intervenes. What it returns from is on as many replicas as were asked for."""

    def __init__(self, connection: Connection, timeout: float) -> None:
        self._connection = connection
        self._timeout = int(timeout * 1e6)

    def cancel(self, ids: Sequence[str], by: str = "") -> list[CancelAnswer]:
        """Revoke waiting tasks at once; ask the workers of running ones to stop them."""
        answers = self._connection.run_slices(
            "cancel", [by or "somebody"], ((id,) for id in ids), durable=True
        )
        return [CancelAnswer(answer) for answer in answers]

    def retry(self, ids: Sequence[str], by: str = "") -> list[RetryAnswer]:
        """Begin a new run of tasks that failed or were revoked, with all their attempts before them."""
        answers = self._connection.run_slices(
            "retry", [entropy(), by or "somebody"], ((id,) for id in ids), durable=True
        )
        return [RetryAnswer(answer) for answer in answers]

    def pause(self, queue: str, by: str = "") -> None:
        """Start nothing more of `queue`, not even what the broker has; what runs goes on."""
        note = json.dumps({"by": by or "somebody", "at": rfc3339(now_us(self._connection))})
        self._connection.run("pause", queue, note, durable=True)

    def resume(self, queue: str) -> None:
        """Go on with `queue`."""
        self._connection.run("pause", queue, "", durable=True)

    def drain(self, worker: str, by: str = "") -> bool:
        """Have a worker stop as if by SIGTERM: it hears of it with its next beat. False: none such beats.

        Whatever started it may start it again, under another id. A worker of an earlier version goes on.
        """
        note = json.dumps({"by": by or "somebody", "at": rfc3339(now_us(self._connection))})
        return int(self._connection.run("drain", worker, note, self._timeout, durable=True)) == 1
