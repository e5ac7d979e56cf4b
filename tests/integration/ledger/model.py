"""The promises, as a model of what a client may be told: it knows no queue, no lease and no broker."""

from dataclasses import dataclass, field

from longshore.states import TERMINAL
from longshore_ledger.records import Admission, CancelAnswer, RetryAnswer
from longshore_ledger.shapes import Task


@dataclass
class Life:
    """One accepted task. `holder` is the token whose word must be taken, `told` those taken before."""

    payload: bytes = b""
    retries: int = 0
    attempts: int = 0
    holder: str | None = None
    ended: str | None = None
    result: bytes = b""
    unwanted: bool = False
    told: set[str] = field(default_factory=set)


class Model:
    """What was accepted, and what has become of it; the lines of batches, by batch and number."""

    def __init__(self) -> None:
        self.lives: dict[str, Life] = {}
        self.lines: dict[tuple[str, int], str] = {}
        self.corrected: dict[tuple[str, int], str] = {}
        """What lines that run again were before."""
        self.given_back: dict[tuple[str, int], str] = {}
        """Those whose batch was cancelled meanwhile: they may be that once more."""

    def submitted(self, id: str, payload: bytes, retries: int, answer: Admission) -> None:
        """An id is new, or known with this payload, or known with another; or it is new, and one too many."""
        if answer is Admission.TOO_MANY:
            assert id not in self.lives
            return
        known = self.lives.setdefault(id, new := Life(payload, retries))
        assert answer is (Admission.NEW if known is new else Admission(1 if known.payload == payload else 2))

    def started(self, id: str, token: str) -> None:
        """Nothing is started that has ended, or is unwanted, or is in another's hands."""
        life = self.lives[id]
        assert (life.ended, life.unwanted) == (None, False)
        assert life.holder in (None, token)
        life.holder = token

    def said(self, id: str, token: str, answer: bool) -> Life | None:
        """The holder's word is taken, once; nobody else's ever is. The task, where it was taken now."""
        life = self.lives.get(id)
        holds = life is not None and life.holder == token
        assert answer is holds or (answer and life is not None and token in life.told)
        if not holds or life is None:
            return None
        assert life.ended is None
        life.holder, life.told = None, {*life.told, token}
        return life

    def finished(self, id: str, token: str, outcome: str, value: bytes, answer: bool) -> None:
        """One completion is recorded a run."""
        if life := self.said(id, token, answer):
            if outcome == "FAILURE" and life.attempts < life.retries and not life.unwanted:
                life.attempts += 1
            else:
                life.ended = "REVOKED" if outcome == "FAILURE" and life.unwanted else outcome
                life.result = value if outcome == "SUCCESS" else b""

    def processed(self, id: str, token: str, lines: dict[tuple[str, int], str], answer: bool) -> None:
        """Each line is recorded once."""
        if self.said(id, token, answer):
            assert not lines.keys() & self.lines.keys()
            self.lines.update(lines)

    def cancelled(self, id: str, answer: CancelAnswer) -> None:
        """What has not ended never runs again: it is revoked, or its holder is asked to stop."""
        life = self.lives.get(id)
        assert (life is None) == (answer is CancelAnswer.UNKNOWN)
        if life is not None and answer is CancelAnswer.REQUESTED:
            assert life.ended is None
            life.unwanted = True
        elif life is not None:
            assert (answer is CancelAnswer.FINISHED) == (life.ended in ("SUCCESS", "FAILURE"))
            life.ended, life.holder = life.ended or "REVOKED", None

    def retried(self, id: str, answer: RetryAnswer) -> None:
        """What failed or was revoked begins anew, all else is left alone."""
        life = self.lives.get(id, Life())
        again = life.ended in ("FAILURE", "REVOKED")
        assert answer is (RetryAnswer(0 if again else 1) if id in self.lives else RetryAnswer.UNKNOWN)
        if again:
            self.lives[id] = Life(life.payload, life.retries)

    def seen(self, id: str, task: Task, *, excused: bool) -> None:
        """What is shown is what was told. Without an excuse nothing is taken from its holder."""
        life = self.lives[id]
        if life.holder and (task.state != "STARTED" or task.worker != life.holder.partition(".")[0]):
            assert excused, f"{id} was taken from {life.holder}"
            life.holder = None
        if life.ended is None and task.state in TERMINAL and not task.batch:
            assert life.unwanted or task.crashes >= 5, f"{id} is {task.state}, and nobody said so"
            life.ended = str(task.state)
        if not task.batch:
            assert life.ended == (task.state if task.state in TERMINAL else None)
            assert bytes(task.result or b"") == life.result
