"""The history of a task: everything that the history tells of it, in one place."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus

from longshore_loadtest.history.reader import Entry
from longshore_loadtest.history.record import Call, Event, Fail, Invoke, Mark, Ok, Outcome, Record


@dataclass(slots=True)
class Operation:
    """A request and what its client learned of it. No outcome is the same as an unknown one."""

    invoke: Entry[Invoke]
    outcome: Entry[Outcome] | None = None

    @property
    def ok(self) -> Ok | None:
        """The answer, where there was a good one."""
        return self.outcome.line if self.outcome and isinstance(self.outcome.line, Ok) else None

    @property
    def refused(self) -> bool:
        """Whether it was certainly not done."""
        return self.outcome is not None and isinstance(self.outcome.line, Fail)

    @property
    def known_at(self) -> float:
        """When its client knew; infinitely late where it never did."""
        return self.outcome.at if self.outcome else float("inf")

    @property
    def where(self) -> list[str]:
        """Its lines."""
        return [self.invoke.where, *([self.outcome.where] if self.outcome else [])]

    def did_not_find(self, id: str) -> bool:
        """Whether a read was answered, and this task was not there."""
        if self.outcome is not None and isinstance(self.outcome.line, Fail):
            return self.outcome.line.status == HTTPStatus.NOT_FOUND
        return self.ok is not None and id not in self.ok.states

    def acknowledges(self, id: str) -> bool:
        """Whether its answer says that this task was accepted."""
        ok = self.ok
        return ok is not None and (ok.ids is None or id in ok.ids)

    def may_have_done(self, id: str) -> bool:
        """Whether it was done to this task, or nobody knows."""
        ok = self.ok
        return not self.refused and (ok is None or ok.ids is None or id in ok.ids)


@dataclass(slots=True)
class TaskHistory:
    """One task."""

    id: str
    call: Call | None = None
    """None: nobody asked for it."""
    submissions: list[Operation] = field(default_factory=list)
    cancels: list[Operation] = field(default_factory=list)
    retries: list[Operation] = field(default_factory=list)
    reads: list[Operation] = field(default_factory=list)
    begun: list[Entry[Mark]] = field(default_factory=list)
    ended: list[Entry[Mark]] = field(default_factory=list)
    events: list[Entry[Event]] = field(default_factory=list)
    """Each of the ledger's events once, in its order."""
    record: Entry[Record] | None = None

    @property
    def acknowledgement(self) -> Operation | None:
        """The first answer that accepted it."""
        found = [one for one in self.submissions if one.acknowledges(self.id)]
        return min(found, key=lambda one: one.known_at, default=None)

    @property
    def asked_at(self) -> float:
        """When it was first submitted; infinitely late where it never was."""
        return min((one.invoke.at for one in self.submissions), default=float("inf"))

    @property
    def may_exist(self) -> bool:
        """Whether some submission was not certainly refused."""
        return any(one.may_have_done(self.id) for one in self.submissions)

    @property
    def may_be_cancelled(self) -> bool:
        """Whether someone may have cancelled it."""
        return any(one.may_have_done(self.id) for one in self.cancels)

    def retries_until(self, at: float = float("inf")) -> int:
        """How many times it may have been retried by hand, by requests made up to then."""
        return sum(one.may_have_done(self.id) and one.invoke.at <= at for one in self.retries)

    def executions_cut_short(self) -> int:
        """How many executions began and never came to their end."""
        ended = {mark.line.token for mark in self.ended}
        return sum(mark.line.token not in ended for mark in self.begun)

    def evidence(self) -> Iterator[str]:
        """Lines that tell what was asked and what became of it."""
        for one in self.submissions:
            yield from one.where
        yield from (mark.where for mark in self.begun)
        yield from (mark.where for mark in self.ended)
        if self.record:
            yield self.record.where
