"""Doing the same to many tasks or batches by id: all are tried, and each says how it went."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import typer

from longshore.client import Batch, Cancelled, NotFound, Problem, Retried, RetryOutcome
from longshore.errors import LongshoreError
from longshore_cli.display import print_error, print_json, print_line
from longshore_cli.exits import Exit

Outcome = Cancelled | Retried

_A_REQUEST: Final = 500
"""Tasks. Should one request fail, what became of those before it is told."""


class Unknown(LongshoreError):
    """There is no such task or batch.

    No task or batch has the id {id}. `longshore tasks` lists tasks.
    """


class NotFailed(LongshoreError):
    """There is nothing to retry.

    Task {id} has not ended, or has succeeded. Only failed and cancelled tasks can be retried.
    """


class ChunkOfBatch(LongshoreError):
    """The task is a chunk of a batch.

    Task {id} is a chunk of a file. Name its batch: {batch}.
    """


_REFUSALS: Final[dict[str, type[LongshoreError]]] = {
    RetryOutcome.UNKNOWN: Unknown,
    RetryOutcome.NOT_FAILED: NotFailed,
    RetryOutcome.CHUNK_OF_BATCH: ChunkOfBatch,
}
"""By outcome: those of a cancellation that are refusals have the same words."""


def act_on_each(
    ids: Sequence[str],
    on_tasks: Callable[[Iterable[str]], list[Cancelled] | list[Retried]],
    on_batch: Callable[[str], Batch],
    *,
    said: Mapping[str, str],
    json: bool,
) -> None:
    """Call `on_tasks`, and `on_batch` for what is no task. Exits with REFUSED if any was refused.

    `said` is how to say each outcome that is no refusal.
    """
    left = iter(dict.fromkeys(ids))
    told: list[Any] = []
    refused = False
    try:
        while some := list(islice(left, _A_REQUEST)):
            for outcome in on_tasks(some):
                try:
                    answer = _answer(outcome, on_batch)
                except (Problem, Unknown, NotFailed, ChunkOfBatch) as error:
                    refused = True
                    told.append({"id": outcome.id, "error": {"title": error.title, "detail": error.detail}})
                    if not json:
                        print_error(error.title, error.detail)
                else:
                    told.append(answer)
                    if not json:
                        print_line(f"{outcome.id}  {_said(answer, said)}")
    finally:
        if json:
            print_json(told)
    if refused:
        raise typer.Exit(Exit.REFUSED)


def _answer(outcome: Outcome, on_batch: Callable[[str], Batch]) -> Outcome | Batch:
    if outcome.outcome == RetryOutcome.UNKNOWN:
        try:
            return on_batch(outcome.id)
        except NotFound:
            pass
    refusal = _REFUSALS.get(outcome.outcome)
    if refusal:
        raise refusal(id=outcome.id, batch=outcome.id.rpartition(".")[0])
    return outcome


def _said(answer: Outcome | Batch, said: Mapping[str, str]) -> str:
    return answer.state.value if isinstance(answer, Batch) else said.get(answer.outcome, answer.outcome)
