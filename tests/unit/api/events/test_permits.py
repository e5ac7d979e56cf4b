"""Permits: what was opened by one ends when it does not hold any more."""

import threading
from dataclasses import dataclass, field

from longshore.errors import LedgerUnavailable
from longshore_api.events.permits import Permits
from tests.services.waiting import Eventually


@dataclass(frozen=True)
class Pass:
    name: str
    answers: list[bool | Exception] = field(compare=False, default_factory=lambda: [True])
    """What it says, the last one for ever."""
    asked: list[int] = field(compare=False, default_factory=list)

    def holds(self) -> bool:
        self.asked.append(1)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_all_that_a_permit_opened_ends_with_it_and_nothing_else() -> None:
    # Given
    permits = Permits(every=0.01)
    first, second, other = threading.Event(), threading.Event(), threading.Event()

    # When one ends, after an outage of the ledger and a defect
    away = LedgerUnavailable(url="redis://", reason="gone")
    ends = Pass("ends", [True, away, RuntimeError("a defect"), True, False])
    with (
        permits.watched(ends, first.set),
        permits.watched(Pass("ends"), second.set),
        permits.watched(Pass("holds"), other.set),
    ):
        # Then
        assert first.wait(10)
        assert second.wait(10)
        assert not other.is_set()
        assert len(ends.asked) >= 5


def test_nothing_is_asked_when_nobody_listens(eventually: Eventually) -> None:
    # Given
    permits, held = Permits(every=0.01), Pass("held")
    with permits.watched(held, lambda: None), permits.watched(None, lambda: None):
        eventually(lambda: len(held.asked) > 2)

    # When
    eventually(lambda: not any(thread.name == "permits" for thread in threading.enumerate()))

    # Then it is asked again for whoever comes later
    before = len(held.asked)
    with permits.watched(held, lambda: None):
        eventually(lambda: len(held.asked) > before)
