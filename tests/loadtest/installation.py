"""A right installation and its clients, drawn by hypothesis: every history it leaves behind must hold."""

from typing import Any

from hypothesis import strategies as st

from longshore_loadtest.history.record import Call, Event, Fail, Gap, Info, Line, Ok, Outcome
from longshore_loadtest.marks.answers import FLAKY, MARK, answer
from tests.loadtest.telling import Teller

SKIPPED = "skipped"
OTHER = "watcher-2"

_done_perhaps: st.SearchStrategy[type[Outcome]] = st.sampled_from([Ok, Info])
_beginnings: st.SearchStrategy[list[type[Outcome]]] = st.lists(st.sampled_from([Fail, Info]), max_size=2)
_endings = st.sampled_from(["accepted", "accepted unknown", "never"])
_detours = st.lists(
    st.sampled_from(["worker died", "released", "taken over", "died before it began"]), max_size=3
)


@st.composite
def histories(draw: st.DrawFn) -> list[Line]:
    """Some tasks one after the other, and all that is seen of them; interleaving them changes no verdict."""
    teller = Teller()
    teller.watch()
    records: list[tuple[str, str, dict[str, Any]]] = []
    for number in range(draw(st.integers(1, 4))):
        told = _Task(draw, teller, f"r-{number}").live()
        if told:
            records.append(told)
    if draw(st.booleans()):
        teller.file("r-f", draw(st.integers(1, 120)), draw(st.integers(0, 9)))
    teller.submit("r-z")  # so that something was acknowledged
    for state in ("PENDING", "STARTED"):  # begun before the broker's confirm came back
        teller.say(state, "r-z")
    teller.run("r-z")
    teller.say("SUCCESS", "r-z")
    records.append(("r-z", "SUCCESS", {}))
    for id, state, more in records:
        teller.record(id, state, **more)
    teller.end()
    return [*teller.lines, *_with_gaps(draw, teller.lines)]


class _Task:
    """One task, whatever happens to it."""

    def __init__(self, draw: st.DrawFn, teller: Teller, id: str) -> None:
        self.draw = draw
        self.teller = teller
        self.id = id
        self.kind = draw(st.sampled_from(["plain", "flaky", "cancelled", "doomed"]))
        self.value = draw(st.integers(0, 99))
        self.deliveries = self.crashes = 0

    def live(self) -> tuple[str, str, dict[str, Any]] | None:
        """Its record at the end; None where it never came to be."""
        ending = self.draw(_endings)
        for outcome in self.draw(_beginnings):
            self.ask(outcome)
        if ending == "never":
            return None
        last: type[Outcome] = Info if ending == "accepted unknown" else Ok
        self.ask(last)
        self.teller.say("PENDING", self.id)
        if self.draw(st.booleans()):
            self.ask(Info)
        state = self.through_a_run()
        if state != "SUCCESS" and self.draw(st.booleans()):
            self.teller.ask("retry", self.draw(_done_perhaps), ids=[self.id])
            self.kind = "plain"
            self.teller.say("PENDING", self.id)
            state = self.through_a_run()
        error = "FailedOnPurpose: so" if state == "FAILURE" else None
        result = answer(MARK, [self.value]) if state == "SUCCESS" else None
        more = {"deliveries": self.deliveries, "crashes": self.crashes, "error": error, "result": result}
        return self.id, state, more

    def ask(self, outcome: type[Outcome]) -> None:
        """Submit it."""
        kind = self.kind
        call = Call(
            id=self.id,
            task=FLAKY if kind in ("flaky", "doomed") else MARK,
            args=[self.value, 1],
            retries=0 if kind == "doomed" else None,
        )
        self.teller.ask("submit", outcome, calls=[call])

    def through_a_run(self) -> str:
        """From PENDING to an end, which is returned."""
        self.teller.say("QUEUED", self.id)
        if self.kind == "cancelled" and self.draw(st.booleans()):
            return self.end("REVOKED", cancel=True)
        for detour in self.draw(_detours):
            self.take(detour)
        self.start()
        match self.kind:
            case "cancelled":
                self.teller.run(self.id, self.value, whole=False)
                return self.end("REVOKED", cancel=True)
            case "doomed":
                self.teller.run(self.id, self.value, whole=False)
                return self.end("FAILURE")
            case "flaky":
                self.teller.run(self.id, self.value, whole=False)
                for state in ("RETRY", "QUEUED"):
                    self.teller.say(state, self.id)
                self.start()
        self.teller.run(self.id, self.value)
        return self.end("SUCCESS")

    def take(self, detour: str) -> None:
        """A delivery that comes to nothing; the task is QUEUED again after it."""
        self.start()
        self.crashes += detour != "released"
        if detour in ("worker died", "taken over"):
            self.teller.run(self.id, self.value, whole=self.draw(st.booleans()))
        if detour == "taken over":
            self.start()
        for state in ("PENDING", "QUEUED"):
            self.teller.say(state, self.id)

    def start(self) -> None:
        """A worker takes it."""
        self.deliveries += 1
        self.teller.say("STARTED", self.id)
        self.look("STARTED")

    def end(self, state: str, *, cancel: bool = False) -> str:
        """It ends so."""
        if cancel:
            self.teller.ask("cancel", self.draw(_done_perhaps), ids=[self.id])
        self.teller.say(state, self.id)
        self.look(state)
        return state

    def look(self, state: str) -> None:
        """A client may read its state."""
        if self.draw(st.booleans()):
            self.teller.ask("read", ids=[self.id], told={"states": {self.id: state}})


def _with_gaps(draw: st.DrawFn, lines: list[Line]) -> list[Line]:
    """What a second watcher hears, who is told when something was left out."""
    heard: list[Line] = [Gap(at=0.0, process=OTHER, reason="opened")]
    for line in lines:
        if isinstance(line, Event):
            if draw(st.booleans()):
                fields = {name: getattr(line, name) for name in ("at", "stream", "id", "state", "queue")}
                heard.append(Event(process=OTHER, **fields))
            else:
                heard.append(Gap(at=line.at, process=OTHER, reason=SKIPPED))
    return heard
