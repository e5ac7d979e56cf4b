"""What stands in a request's path and query: checked and documented from one model each."""

from functools import cache
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from longshore.names import BATCH_ID, NAME, TASK_ID
from longshore.states import State
from longshore_api.errors import InvalidRequest


class _Parameters(BaseModel):
    model_config = ConfigDict(extra="forbid")

    @classmethod
    @cache  # flask-openapi asks for the schema at each request, which took three times as long as the rest.
    def model_json_schema(cls, **how: Any) -> dict[str, Any]:  # type: ignore[override]
        """The schema, made once."""
        return super().model_json_schema(**how)


class TaskPath(_Parameters):
    """A task."""

    id: str = Field(pattern=f"^{TASK_ID}$", description="The task's id.")


class BatchPath(_Parameters):
    """A batch."""

    id: str = Field(pattern=f"^{BATCH_ID}$", description="The batch's id.")


class QueuePath(_Parameters):
    """A queue."""

    queue: str = Field(pattern=f"^{NAME}$", description="The queue's name.")


class SessionPath(_Parameters):
    """A session."""

    id: str = Field(pattern="^[0-9a-f]{64}$", description="The session's id.")


class WorkerPath(_Parameters):
    """A worker."""

    id: str = Field(pattern=f"^{NAME}$", description="The worker's id.")


class AssetPath(_Parameters):
    """A file of the documentation's page."""

    name: str


Wait = Annotated[float, Field(ge=0, le=60, description="Hold the answer back until it has ended, s at most.")]
_BEFORE: Final = "`next` of the page before."
Cursor = Annotated[str | None, Field(pattern="^[0-9]{1,20}$", description=_BEFORE)]
"""Not \\d, which matches the digits of every script."""


class NoQuery(_Parameters):
    """A route that takes no query."""


class WaitQuery(_Parameters):
    """How long to wait."""

    wait: Wait = 0


class PageQuery(_Parameters):
    """Which page."""

    cursor: Cursor = None
    limit: int = Field(100, ge=1, le=500, description="Items a page.")


class TasksQuery(PageQuery):
    """Which tasks."""

    cursor: str | None = Field(None, pattern="^[0-9]{1,20}(-[0-9]{1,20})?$", description=_BEFORE)
    id: str | None = Field(
        None, pattern=f"^{TASK_ID}$", description="The one of this id, or else those whose ids contain it."
    )
    state: State | None = Field(None, description="Only those in this state.")
    task: str | None = Field(None, pattern=f"^{NAME}$", description="Only those of this task.")
    queue: str | None = Field(None, pattern=f"^{NAME}$", description="Only those in this queue.")
    batch: str | None = Field(None, pattern=f"^{BATCH_ID}$", description="Only the chunks of this batch.")
    since: AwareDatetime | None = Field(None, description="Only those submitted then or later (RFC 3339).")
    until: AwareDatetime | None = Field(None, description="Only those submitted before that.")
    chunks: bool = Field(True, description="Chunks of batches, too.")


class EventsQuery(_Parameters):
    """Which events; none of these: snapshots of the whole."""

    id: str | None = Field(None, pattern=f"^{TASK_ID}$", description="Only those of this task.")
    task: str | None = Field(None, pattern=f"^{NAME}$", description="Only of tasks of this name.")
    batch: str | None = Field(None, pattern=f"^{BATCH_ID}$", description="Only of this batch's chunks.")
    queue: str | None = Field(None, pattern=f"^{NAME}$", description="Only of tasks in this queue.")
    state: State | None = Field(None, description="Only of tasks that come into this state.")


class HistoryQuery(_Parameters):
    """Which queue's history."""

    queue: str | None = Field(None, pattern=f"^{NAME}$", description="Only of this queue.")


class StatesQuery(_Parameters):
    """Which page of states."""

    cursor: Cursor = None
    limit: int = Field(1000, ge=1, le=1000, description="Tasks a page.")


class OutputQuery(WaitQuery):
    """How to read a batch's output."""

    partial: bool = Field(False, description="Take what there is of a batch that has not ended.")


def refuse(error: ValidationError) -> None:
    """Turn pydantic's error into ours: the first field at fault, and why."""
    first = error.errors()[0]
    field = ".".join(map(str, first["loc"]))
    reason = "unknown parameter" if first["type"] == "extra_forbidden" else first["msg"]
    raise InvalidRequest(field=field, reason=f"{reason[:1].lower()}{reason[1:]}")
