"""How a run ended, in the ledger's words."""

from typing import Final

from longshore.ledger.records import Finish, FinishLines, Outcome
from longshore_worker.board import Ended, Kind
from longshore_worker.fault import fault
from longshore_worker.held import Fate, Run

_OUTCOMES: Final = {
    Kind.SUCCESS: Outcome.SUCCESS,
    Kind.FAILURE: Outcome.FAILURE,
    Kind.REFUSED: Outcome.FAILURE,
    Kind.STOPPED: Outcome.REVOKED,
}


class Endings:
    """Makes FINISH and FINISH_LINES of outcomes."""

    def __init__(self, result_limit: int) -> None:
        self._limit = result_limit

    def finish(self, run: Run, ended: Ended) -> Finish:
        """A task that ended by itself."""
        outcome = _OUTCOMES[ended.kind]
        value = ended.value
        if len(value) > self._limit:  # an error as large as that; the child has looked at results
            value = fault("ResultTooLarge", f"{len(value)} bytes; the limit is {self._limit}")
        retryable = ended.kind is not Kind.REFUSED
        return Finish(run.id, run.token, outcome, value, ended.runtime_us, retryable)

    def stop(self, run: Run) -> Finish:
        """A task that we ended."""
        if run.fate is Fate.TIMED_OUT:
            limit = run.timeout or 0.0
            error = fault("TimeLimitExceeded", f"it took longer than {limit:g} s")
            return Finish(run.id, run.token, Outcome.FAILURE, error, int(limit * 1e6))
        return Finish(run.id, run.token, Outcome.REVOKED, b"", 0)

    def finish_lines(self, run: Run, lines: list[Ended], *, death: bool) -> FinishLines:
        """Lines of a chunk, in order; whether the next one killed its child."""
        failed = sum(line.kind is not Kind.SUCCESS and line.kind is not Kind.BLANK for line in lines)
        texts = [_text(line) for line in lines]
        runtime_us = sum(line.runtime_us for line in lines)
        return FinishLines(run.id, run.token, texts, failed, runtime_us, death)


def _text(line: Ended) -> bytes:
    if line.kind is Kind.BLANK:
        return b""
    return (b"=" if line.kind is Kind.SUCCESS else b"!") + line.value
