"""What is to be said to the ledger, and to whom the answers belong.

A script that fails, fails for all that was sent with it. So a commit that fails is taken apart, and a part
that fails alone is sent again alone, later and later: its cause may be fixed meanwhile.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import structlog

from longshore_ledger.records import Finish, FinishLines, Release, StartAsk
from longshore_ledger.runs import Committed, Runs
from longshore_worker.dispatch.deliveries import Copy
from longshore_worker.dispatch.run import Run

TRIES: Final = 3
"""Failures of a part alone after which its copy gives its place among those fetched to another one."""
_FIRST: Final = 1.0
_LONGEST: Final = 60.0

log = structlog.get_logger()


@dataclass(slots=True)
class Commit:
    """One round trip. Sent again as it is when its answer is lost: tokens make that harmless."""

    finishes: list[tuple[Run, Finish]] = field(default_factory=list)
    lines: list[tuple[Run, FinishLines]] = field(default_factory=list)
    releases: list[tuple[Run, Release]] = field(default_factory=list)
    refusals: list[tuple[Copy, Release]] = field(default_factory=list)
    """Copies that are for a worker of another release, given back without having been started."""
    asks: list[Run] = field(default_factory=list)
    failures: int = 0
    """How often it made a script fail, sent alone."""

    def __bool__(self) -> bool:
        return bool(self.finishes or self.lines or self.releases or self.refusals or self.asks)

    def parts(self) -> Iterator["Commit"]:
        """Each of its sentences in a commit of its own."""
        yield from (Commit(finishes=[pair]) for pair in self.finishes)
        yield from (Commit(lines=[pair]) for pair in self.lines)
        yield from (Commit(releases=[pair]) for pair in self.releases)
        yield from (Commit(refusals=[pair]) for pair in self.refusals)
        yield from (Commit(asks=[run]) for run in self.asks)

    @property
    def subject(self) -> str:
        """The task that a part speaks of."""
        return [*(run.copy for run in self.ended()), *self.not_started()][0].id

    def ended(self) -> list[Run]:
        """The runs that are over here."""
        return [run for run, _ in (*self.finishes, *self.lines, *self.releases)]

    def not_started(self) -> list[Copy]:
        """The copies that nothing was begun of."""
        return [*(copy for copy, _ in self.refusals), *(run.copy for run in self.asks)]

    def send(self, worker: str, runs: Runs) -> Committed:
        """Say it. Raises LedgerUnavailable, and then nobody knows how much was heard."""
        return runs.commit(
            worker,
            finishes=[finish for _, finish in self.finishes],
            lines=[lines for _, lines in self.lines],
            releases=[release for _, release in (*self.releases, *self.refusals)],
            starts=[StartAsk(run.copy.id, run.copy.run, run.token) for run in self.asks],
        )


class Outgoing:
    """Commits that have no answer, in order, and parts that the ledger could not take."""

    def __init__(self) -> None:
        self._unsent: deque[Commit] = deque()
        self._postponed: list[tuple[float, Commit]] = []

    def __bool__(self) -> bool:
        return bool(self._unsent)

    def next(self, now: float) -> Commit | None:
        """Take the commit that is next; None where none is due."""
        if not self._unsent and self._postponed:
            self._unsent.extend(part for at, part in self._postponed if at <= now)
            self._postponed = [(at, part) for at, part in self._postponed if at > now]
        return self._unsent.popleft() if self._unsent else None

    def keep(self, commit: Commit) -> None:
        """Nobody answered: it is the next one again, in the same words."""
        self._unsent.appendleft(commit)

    def failed(self, commit: Commit, error: Exception) -> bool:
        """A script failed on it. True: it is one part, and has failed alone.

        Then `postpone` it, or do without it.
        """
        parts = list(commit.parts())
        if len(parts) > 1:
            log.warning("a commit failed; its parts are sent one by one", reason=str(error))
            self._unsent.extendleft(reversed(parts))
            return False
        commit.failures += 1
        return True

    def postpone(self, part: Commit, now: float, error: Exception) -> None:
        """Send it again after a pause that doubles from 1 s to 60 s."""
        pause = min(_FIRST * 2.0 ** (part.failures - 1), _LONGEST)
        self._postponed.append((now + pause, part))
        log.error(
            "sent again later: the ledger cannot take it", id=part.subject, seconds=pause, reason=str(error)
        )
