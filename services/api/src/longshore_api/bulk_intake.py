"""Many submissions at once: each checked by itself, recorded five hundred at a time."""

from collections.abc import Iterable, Iterator
from typing import Final

from longshore.errors import LongshoreError
from longshore.ledger import Ledger
from longshore.ledger.connection import MOST_ITEMS
from longshore.ledger.records import Admission, NewTask
from longshore_api.errors import IdTaken
from longshore_api.shapes import BulkOutcome, Rejection
from longshore_api.submission import admit, read

SHOWN: Final = 1000
"""Rejections listed in an answer; a file of nothing but errors must not fill the memory."""


class BulkIntake:
    """Takes the lines of one request."""

    def __init__(self, ledger: Ledger, args_limit: int) -> None:
        self._ledger = ledger
        self._args_limit = args_limit
        self.longest = args_limit + 65_536
        self.accepted = self.repeated = self.rejected_count = 0
        self._rejected: list[Rejection] = []

    def take(self, lines: Iterable[tuple[int, bytes | None]]) -> None:
        """Submit what is valid and list what is not.

        Raises LedgerUnavailable and LedgerFull; then the counts say how far it came, and the same lines may
        be sent again.
        """
        part: list[tuple[int, NewTask]] = []
        for number, task in self._valid(lines):
            part.append((number, task))
            if len(part) == MOST_ITEMS:
                self._submit(part)
                part = []
        self._submit(part)

    def outcome(self) -> BulkOutcome:
        """What became of the lines so far."""
        self._rejected.sort(key=lambda rejection: rejection.line)
        return BulkOutcome(self.accepted, self.repeated, self._rejected, self.rejected_count)

    def _valid(self, lines: Iterable[tuple[int, bytes | None]]) -> Iterator[tuple[int, NewTask]]:
        catalogue = self._ledger.catalogue.read()
        for number, line in lines:
            given = None
            try:
                if line is None:
                    self._reject(number, f"the line is longer than {self.longest} bytes", None)
                    continue
                given = read(line)
                yield number, admit(given, catalogue, self._args_limit)
            except LongshoreError as error:
                self._reject(number, error.detail, None if given is None else given.id)

    def _submit(self, part: list[tuple[int, NewTask]]) -> None:
        if not part:
            return
        for (number, task), admission in zip(
            part, self._ledger.intake.submit([task for _, task in part]), strict=True
        ):
            if admission is Admission.NEW:
                self.accepted += 1
            elif admission is Admission.REPEATED:
                self.repeated += 1
            else:
                self._reject(number, IdTaken(id=task.id).detail, task.id)

    def _reject(self, line: int, reason: str, id: str | None) -> None:
        self.rejected_count += 1
        if len(self._rejected) < SHOWN:
            self._rejected.append(Rejection(line, reason, id))
