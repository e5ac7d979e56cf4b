"""The worker's side: may this run, and how did it end?"""

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from longshore.settings import Settings
from longshore_ledger.connection import MOST_ITEMS, PREFIX, Argument, Call, Connection, sliced
from longshore_ledger.records import (
    BeatAnswer,
    Finish,
    FinishLines,
    Release,
    StartAnswer,
    StartAsk,
    Verdict,
    entropy,
)

_VERDICTS: Final = {verdict.value: verdict for verdict in Verdict}
_SUSPECT: Final = 2


@dataclass(frozen=True, slots=True)
class Committed:
    """The answers to one `Runs.commit`, each list in the order of what was asked."""

    finished: list[bool]
    lines: list[bool]
    released: list[bool]
    started: list[StartAnswer]
    catalogue: int | None = None
    """The catalogue's version, as the STARTs and RELEASEs saw it; None if there were none."""


MOST_PARKED: Final = 5000
"""Copies and messages that are kept for an operator."""


class Runs:
    """Starts, finishes and releases runs. All of it may be asked again under the same tokens."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self._connection = connection
        self._cap = settings.max_crashes
        self._timeout = int(settings.heartbeat_timeout_seconds * 1e6)
        self._doubt = int(settings.ownership_timeout_seconds * 1e6)
        self._grace = int(settings.restart_grace_seconds * 1e6)

    def commit(
        self,
        worker: str,
        *,
        finishes: Sequence[Finish] = (),
        lines: Sequence[FinishLines] = (),
        releases: Sequence[Release] = (),
        starts: Sequence[StartAsk] = (),
    ) -> Committed:
        """Everything a worker has to say, in one round trip: FINISH, LINES, RELEASE, then START.

        Raises `LedgerUnavailable`; then any part of it may or may not be on record, and the same commit is to
        be sent again.
        """
        calls: list[Call] = []
        counts = [
            self._add(
                calls, "finish", [entropy(), f"{random.uniform(0.9, 1.1):.3f}"], map(_finish, finishes)
            ),
            self._add(calls, "lines", [entropy()], map(_lines, lines)),
            self._add(calls, "release", [self._cap, entropy()], map(_release, releases)),
            self._add(
                calls,
                "start",
                [worker, self._timeout, self._grace, self._cap, entropy()],
                ((ask.id, ask.run, ask.token) for ask in starts),
            ),
        ]
        self._connection.memory.wrote(
            sum(len(finish.value) for finish in finishes)
            + sum(len(line) for chunk in lines for line in chunk.lines)
        )
        looks = bool(starts or releases)
        version = ("GET", f"{PREFIX}:catalogue:version") if looks else ()
        answers = (
            self._connection.run_all(calls, durable=bool(finishes or lines), then=version) if calls else []
        )
        catalogue = int(answers.pop() or 0) if looks else None
        joined: list[list[int]] = []
        for count in counts:
            joined.append([value for answer in answers[:count] for value in answer])
            answers = answers[count:]
        return Committed(
            finished=[answer == 1 for answer in joined[0]],
            lines=[answer == 1 for answer in joined[1]],
            released=[answer == 1 for answer in joined[2]],
            started=_start_answers(joined[3]),
            catalogue=catalogue,
        )

    def may_start(self) -> bool:
        """Whether the ledger has room for the results of what would be started now: see `ledger.memory`."""
        return self._connection.memory.allows_starts()

    def start(self, worker: str, asks: Sequence[StartAsk]) -> list[StartAnswer]:
        """May these copies run? A repeated question under the same token gets the same answer."""
        return self.commit(worker, starts=asks).started

    def finish(self, finishes: Sequence[Finish]) -> list[bool]:
        """Record results; False where another token holds the task by now. FAILURE may become RETRY."""
        return self.commit("", finishes=finishes).finished

    def finish_lines(self, lines: Sequence[FinishLines]) -> list[bool]:
        """Record processed lines of chunks; the rest of each goes back among the ready."""
        return self.commit("", lines=lines).lines

    def release(self, releases: Sequence[Release]) -> list[bool]:
        """Give tasks back: ready again, after `delay` seconds."""
        return self.commit("", releases=releases).released

    def beat(self, worker: str, info: Mapping[str, Any]) -> BeatAnswer:
        """Say that `worker` lives and what it is; hear which of its tasks are cancelled or doubted.

        It hears as well what it runs as far as the ledger knows (at most `MOST_ITEMS` ids, of more a random
        choice): what it does not know of that is for `doubt`.

        `info["held"]` is `{queue: copies taken from the broker and not started}`, `info["draining"]` whether
        it stops.
        """
        described = json.dumps(info, separators=(",", ":"))
        cancelled, doubted, running, drain = self._connection.run(
            "beat", worker, described, self._timeout, self._doubt, self._grace, MOST_ITEMS
        )
        return BeatAnswer(
            [id.decode() for id in cancelled],
            [id.decode() for id in doubted],
            [id.decode() for id in running],
            drain is not None,
        )

    def doubt(self, worker: str, ids: Iterable[str]) -> int:
        """`worker` does not know these, though the ledger says that it runs them. Returns how many it does.

        Its FINISH got lost with the ledger's latest moments, or its START came too late. Nobody confirms
        them, so `reap` makes them ready again, without blame.
        """
        return int(self._connection.run("doubt", worker, *ids))

    def confirm_running(self, worker: str, running: Iterable[tuple[str, str]]) -> int:
        """`worker` does run these (id, token); returns how many doubts that ended."""
        del worker  # the token says it
        return int(self._connection.run("confirm_running", *(field for pair in running for field in pair)))

    def progress(self, reports: Iterable[tuple[str, str, int, int]]) -> None:
        """Note how far running tasks are: (id, token, done, total)."""
        fields = [field for id, token, done, total in reports for field in (id, token, f"{done}/{total}")]
        if fields:
            self._connection.run("progress", *fields)

    def park(self, copies: Mapping[str, bytes]) -> list[str]:
        """Keep copies that the ledger does not know, by id, where `longshore doctor` finds them.

        They come from a ledger restored from an older copy: nothing is silently acknowledged. Returns the ids
        of those for which there is no room beside `MOST_PARKED` others.
        """
        left_out: list[str] = []
        for part in sliced(copies.items()):
            fields = (field for copy in part for field in copy)
            left_out += [bytes(id).decode() for id in self._connection.run("park", MOST_PARKED, *fields)]
        return left_out

    def leave(self, worker: str) -> None:
        """A worker says goodbye. One that still holds tasks is kept: it lapses, and they are reaped."""
        self._connection.run("leave", worker)

    @staticmethod
    def _add(
        calls: list[Call], script: str, head: list[Argument], items: Iterable[Sequence[Argument]]
    ) -> int:
        before = len(calls)
        calls.extend((script, [*head, *(field for item in part for field in item)]) for part in sliced(items))
        return len(calls) - before


def _finish(run: Finish) -> Sequence[Argument]:
    return run.id, run.token, run.outcome.value, run.value, run.runtime_us, int(run.retryable)


def _lines(chunk: FinishLines) -> Sequence[Argument]:
    head = chunk.id, chunk.token, chunk.runtime_us, chunk.failed, int(chunk.crash), len(chunk.lines)
    return *head, *chunk.lines


def _release(task: Release) -> Sequence[Argument]:
    return task.id, task.token, task.run, task.why, int(task.delay * 1e6), int(task.crash)


def _start_answers(flat: list[int]) -> list[StartAnswer]:
    return [
        StartAnswer(_VERDICTS[verdict], attempt, deliveries, offset, care > 0, care == _SUSPECT)
        for verdict, attempt, deliveries, offset, care in zip(*[iter(flat)] * 5, strict=True)
    ]
