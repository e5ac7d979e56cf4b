"""A relay and a worker in one, without a broker: runs what is ready, when a test says so."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from longshore.errors import BadLine
from longshore.lines import Blank, parse, render
from longshore.task.decorator import Task
from longshore.values import encode
from longshore_ledger import Ledger
from longshore_ledger.batches import ChunkArgs
from longshore_ledger.records import Claimed, Finish, FinishLines, Outcome, StartAsk, Verdict


class StandInWorker:
    """Its token says that it is the worker `STANDIN1`."""

    def __init__(self, ledger: Ledger, tasks: Mapping[str, Task[..., Any]]) -> None:
        self._ledger = ledger
        self._tasks = tasks
        self._begun = 0

    def begin(self, queue: str) -> list[tuple[Claimed, str]]:
        """Claim and start what is ready; returns each with its token."""
        claimed = self._ledger.outbox.claim(queue, 500, 10_000)
        asks = []
        for copy in claimed:
            self._begun += 1
            asks.append(StartAsk(copy.id, copy.run, f"STANDIN1.{self._begun}"))
        self._ledger.outbox.confirm(queue, [(copy.id, copy.run) for copy in claimed])
        answers = self._ledger.runs.start("STANDIN1", asks)
        return [
            (copy, ask.token)
            for copy, ask, answer in zip(claimed, asks, answers, strict=True)
            if answer.verdict is Verdict.RUN
        ]

    def run(self, queue: str) -> int:
        """Run what is ready in `queue` until nothing is; returns how many tasks and chunks that were."""
        runs = 0
        while begun := self.begin(queue):
            for copy, token in begun:
                self._chunk(copy, token) if copy.chunk else self._task(copy, token)
            runs += len(begun)
        return runs

    def _task(self, copy: Claimed, token: str) -> None:
        task = self._tasks[copy.task]
        args, named = task.bind(msgspec.json.decode(copy.args))
        try:
            outcome, value = Outcome.SUCCESS, encode(task.call(*args, **named))
        except ArithmeticError as error:
            outcome, value = Outcome.FAILURE, encode(_failure(error))
        self._ledger.runs.finish([Finish(copy.id, token, outcome, value, 1000)])

    def _chunk(self, copy: Claimed, token: str) -> None:
        chunk = msgspec.json.decode(copy.args, type=ChunkArgs)
        lines = [self._line(self._tasks[copy.task], line, chunk.header) for line in chunk.lines]
        failed = sum(line.startswith(b"!") for line in lines)
        self._ledger.runs.finish_lines([FinishLines(copy.id, token, lines, failed, 1000)])

    @staticmethod
    def _line(task: Task[..., Any], line: str, header: list[str] | None) -> bytes:
        try:
            call = parse(line, task.spec, header)
            if isinstance(call, Blank):
                return b""
            args, named = task.bind(call)
            return f"={render(task.call(*args, **named))}".encode()
        except (BadLine, ArithmeticError) as error:
            return f"!{error}".encode()


def _failure(error: Exception) -> dict[str, str]:
    return {"type": type(error).__name__, "message": str(error), "traceback": ""}


Submit = Callable[..., str]
"""The type of the fixture `submit`."""
