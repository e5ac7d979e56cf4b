"""What a snapshot looks like: a screen for people, a line for pipes."""

from collections.abc import Sequence
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from longshore.client import Snapshot
from longshore.event_types import Quantiles
from longshore.states import TO_BE_STARTED, State
from longshore_cli.display import ago, state_style
from longshore_cli.visible import visible

COLUMNS: Final = ("at", "waiting", "started", "failed", "submitted/s", "ended/s", "workers", "busy")


def row(snapshot: Snapshot) -> Sequence[Any]:
    """The figures that say most, one for each of COLUMNS."""
    return (
        snapshot.at,
        sum(snapshot.states.get(state, 0) for state in TO_BE_STARTED),
        snapshot.states.get(State.STARTED, 0),
        snapshot.states.get(State.FAILURE, 0),
        round(snapshot.rates.submitted, 1),
        round(snapshot.rates.succeeded + snapshot.rates.failed, 1),
        snapshot.workers.alive,
        f"{snapshot.workers.running} of {snapshot.workers.capacity}",
    )


def screen(snapshot: Snapshot, note: str = "") -> RenderableType:
    """All of it. `note` is what people should know besides."""
    return Group(
        _head(snapshot),
        _states(snapshot),
        _times(snapshot),
        Text(),
        _queues(snapshot),
        *_notes(snapshot, note),
    )


def _head(snapshot: Snapshot) -> Text:
    rates, workers = snapshot.rates, snapshot.workers
    gone = f", {workers.gone} gone" if workers.gone else ""
    return Text.assemble(
        (snapshot.at.astimezone().strftime("%H:%M:%S"), "bold"),
        f"  {rates.submitted:.1f}/s in, {rates.succeeded:.1f}/s done, {rates.failed:.1f}/s failed",
        f"  {workers.alive} workers{gone}, {workers.running} of {workers.capacity} busy",
    )


def _states(snapshot: Snapshot) -> Text:
    words = [
        Text.assemble((name, state_style(name)), f" {count:,}")
        for name, count in snapshot.states.items()
        if count or name in {State.PENDING, State.STARTED, State.SUCCESS}
    ]
    return Text("  ").join(words)


def _times(snapshot: Snapshot) -> Text:
    return Text(f"wait {_quantiles(snapshot.wait)}   run {_quantiles(snapshot.run)}", style="dim")


def _quantiles(found: Quantiles | None) -> str:
    if found is None:
        return "-"
    return f"{_seconds(found.p50)} (95 %: {_seconds(found.p95)}, 99 %: {_seconds(found.p99)})"


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _queues(snapshot: Snapshot) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("queue")
    for column in ("waiting", "started", "failed", "ended/s", "workers", "oldest"):
        table.add_column(column, justify="right")
    # The busy first: a screen is not long.
    for queue in sorted(snapshot.queues, key=lambda queue: (-queue.waiting - queue.started, queue.name)):
        name = Text(visible(queue.name)) + (Text(" (paused)", style="yellow") if queue.paused else Text())
        figures = (queue.waiting, queue.started, queue.failed)
        table.add_row(
            name,
            *(f"{n:,}" if n else "" for n in figures),
            f"{queue.rate:.1f}",
            str(queue.workers),
            ago(queue.oldest_at),
        )
    return table


def _notes(snapshot: Snapshot, note: str) -> list[Text]:
    words = [note] if note else []
    if snapshot.broker_away:
        words.append(f"The broker is unavailable: {snapshot.broker_away}")
    if snapshot.parked:
        words.append(f"{snapshot.parked} copies came that the ledger does not know: longshore doctor")
    return [Text(visible(word), style="bold red") for word in words]
