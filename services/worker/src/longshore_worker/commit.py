"""What is to be said to the ledger next, and to whom the answers belong."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from longshore.ledger.records import Finish, FinishLines, Release, StartAsk
from longshore.ledger.runs import Committed, Runs
from longshore_worker.copy import Copy
from longshore_worker.held import Run


@dataclass(slots=True)
class Commit:
    """One round trip. Sent again as it is when its answer is lost: tokens make that harmless."""

    finishes: list[tuple[Run, Finish]] = field(default_factory=list)
    lines: list[tuple[Run, FinishLines]] = field(default_factory=list)
    releases: list[tuple[Run, Release]] = field(default_factory=list)
    refusals: list[tuple[Copy, Release]] = field(default_factory=list)
    """Copies of tasks that this worker does not know, given back without having been started."""
    asks: list[Run] = field(default_factory=list)

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
        subjects: list[Run | Copy] = [run for run, _ in (*self.finishes, *self.lines, *self.releases)]
        subjects += [copy for copy, _ in self.refusals]
        return [*subjects, *self.asks][0].id

    def send(self, worker: str, runs: Runs) -> Committed:
        """Say it. Raises LedgerUnavailable, and then nobody knows how much was heard."""
        return runs.commit(
            worker,
            finishes=[finish for _, finish in self.finishes],
            lines=[lines for _, lines in self.lines],
            releases=[release for _, release in (*self.releases, *self.refusals)],
            starts=[StartAsk(run.copy.id, run.copy.run, run.token) for run in self.asks],
        )
