"""What an upload asks for: the form's fields, checked."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from longshore.catalogue import TaskSpec
from longshore.ids import new_id
from longshore.names import BATCH_ID, why_not_name
from longshore_api.errors import UnknownTask
from longshore_api.submission import (
    Name,
    Priority,
    Retries,
    Timeout,
    invalid,
    refuse_reserved,
    usable_queue,
)
from longshore_ledger.records import NewBatch, payload_digest

BatchId = Annotated[str, Meta(pattern=rf"^{BATCH_ID}$(?!\n)", description="1 to 100 of A-Z a-z 0-9 . _ : -")]


class Order(Struct, frozen=True, forbid_unknown_fields=True):
    """The fields that come before the file. What is left out is the task's own default."""

    task: Name
    id: BatchId | None = None
    queue: Name | None = None
    priority: Priority = 4
    retries: Retries | None = None
    """Of each line."""
    timeout: Timeout | None = None
    """Of each line, s."""
    format: Literal["values", "csv"] = "values"
    """`values`: values or a JSON object a line. `csv`: the first line names the columns."""


def read_order(fields: Mapping[str, str]) -> Order:
    """Check the fields. Raises InvalidRequest. An empty field, as a web form sends it, is one left out."""
    try:
        order = msgspec.convert({name: value for name, value in fields.items() if value}, Order, strict=False)
    except msgspec.ValidationError as error:
        raise invalid(error) from error
    usable_queue(order.queue)
    refuse_reserved(id=why_not_name(order.id or ""))
    return order


def task_of(order: Order, catalogue: Mapping[str, TaskSpec]) -> TaskSpec:
    """The task that is to run on each line. Raises UnknownTask, UnreadableSpec."""
    try:
        return catalogue[order.task]
    except KeyError:
        raise UnknownTask(task=order.task) from None


def new_batch(
    order: Order, spec: TaskSpec, filename: str, header: list[str] | None, beginning: bytes
) -> NewBatch:
    """A batch for the ledger.

    `beginning` is how the file begins: it tells most other files under the same id from the same one sent
    again before all of it has come. The digest of the whole is compared when it has.
    """
    return NewBatch(
        id=order.id or new_id(),
        task=spec.name,
        queue=order.queue or spec.queue,
        digest=payload_digest(msgspec.json.encode((order, filename)) + beginning),
        priority=order.priority,
        timeout=spec.timeout if order.timeout is None else order.timeout,
        filename=filename,
        format=order.format,
        header=header,
    )
