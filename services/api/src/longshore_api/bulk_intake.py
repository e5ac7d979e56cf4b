"""Many submissions at once: each checked by itself, recorded five hundred at a time."""

from collections.abc import Iterable, Iterator
from typing import Final

from longshore.api_types import Bulk, Rejection
from longshore.errors import LongshoreError
from longshore_api.context import Api
from longshore_api.errors import IdTaken
from longshore_api.problems import shortened
from longshore_api.submission import admit, read
from longshore_api.submitter import too_many
from longshore_ledger.connection import MOST_ITEMS
from longshore_ledger.records import Admission, NewTask, Submitter

SHOWN: Final = 1000
"""Rejections listed in an answer; a file of nothing but errors must not fill the memory."""


class BulkIntake:
    """Takes the lines of one request."""

    def __init__(self, made: Api, by: Submitter) -> None:
        self._made = made
        self._by = by
        self._ledger = made.ledger
        self._args_limit = made.settings.args_limit
        self.longest = self._args_limit + 65_536
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

    def outcome(self) -> Bulk:
        """What became of the lines so far."""
        self._rejected.sort(key=lambda rejection: rejection.line)
        return Bulk(self.accepted, self.repeated, self._rejected, self.rejected_count)

    def _valid(self, lines: Iterable[tuple[int, bytes | None]]) -> Iterator[tuple[int, NewTask]]:
        catalogue = self._ledger.catalogue.read()
        for number, line in lines:
            given = None
            try:
                if line is None:
                    self._reject(number, f"the line is longer than {self.longest} bytes", None)
                    continue
                given = read(line)
                task = admit(given, catalogue, self._args_limit)
                if given.queue is not None:  # The task's own is declared.
                    self._made.queues.check(given.queue)
                yield number, task
            except LongshoreError as error:
                self._reject(number, error.detail, None if given is None else given.id)

    def _submit(self, part: list[tuple[int, NewTask]]) -> None:
        if not part:
            return
        admissions = self._ledger.intake.submit([task for _, task in part], self._by)
        refusal = too_many(self._made, self._by).detail if Admission.TOO_MANY in admissions else ""
        for (number, task), admission in zip(part, admissions, strict=True):
            if admission is Admission.NEW:
                self.accepted += 1
            elif admission is Admission.REPEATED:
                self.repeated += 1
            elif admission is Admission.TOO_MANY:
                self._reject(number, refusal, task.id)
            else:
                self._reject(number, IdTaken(id=task.id).detail, task.id)

    def _reject(self, line: int, reason: str, id: str | None) -> None:
        self.rejected_count += 1
        if len(self._rejected) < SHOWN:
            self._rejected.append(Rejection(line, shortened(reason), id))
