"""The report as Markdown: the same figures, for a repository or a pull request."""

from collections.abc import Iterable, Iterator, Sequence

from longshore_loadtest.report.figures import Kind, Promise, Report, Spell
from longshore_loadtest.report.flat import flat
from longshore_loadtest.report.memory import gained, rests
from longshore_loadtest.report.words import KEPT, SLOPES, clock, duration, measured, moment, number, percent


def markdown(report: Report) -> str:
    """The report, ending with a line end."""
    return "\n".join(_report(report)) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table; a column whose name ends with `:` is of numbers."""
    yield f"| {' | '.join(name.rstrip(':') for name in head)} |"
    yield f"|{'|'.join('---:' if name.endswith(':') else '---' for name in head)}|"
    for row in rows:
        yield f"| {' | '.join(map(cell, row))} |"
    yield ""


def cell(text: str) -> str:
    """Text that stays in its cell, and is text: no markup, no HTML."""
    for sign, instead in (
        ("\\", "\\\\"),
        ("|", "\\|"),
        ("<", "&lt;"),
        ("`", "\\`"),
        ("*", "\\*"),
        ("_", "\\_"),
    ):
        text = text.replace(sign, instead)
    return " ".join(text.split())


def _report(report: Report) -> Iterator[str]:
    yield f"# Load test {report.run}"
    yield ""
    yield f"**{report.verdict.headline}**"
    yield ""
    for said in report.verdict.says:
        yield said
        yield ""
    yield from _verdict(report)
    yield "## Over time"
    yield ""
    yield from (f"- **{chart.title}**: {chart.says}" for chart in report.charts)
    yield ""
    if report.faults:
        yield "## Faults and recovery"
        yield ""
        yield from _kinds(report.kinds)
        yield from _faults(report.faults)
    yield from _knee(report)
    yield "## Executions of a task"
    yield ""
    yield from table(
        ("run:", "tasks:"),
        ((f"{times}", number(count)) for times, count in sorted(report.executions.items())),
    )
    yield from _memory(report)
    yield "## In numbers"
    yield ""
    yield from table(
        ("figure", "whole run:"),
        ((measure.what, measured(measure.value, measure.unit)) for measure in report.measures),
    )
    yield from _again(report)


def _verdict(report: Report) -> Iterator[str]:
    yield from table(
        ("what is promised", "looked at:", "verdict"),
        (
            (promise.title, number(promise.looked_at), _verdict_on(promise))
            for promise in report.verdict.promises
        ),
    )
    for promise in report.verdict.promises:
        if promise.broken:
            yield f"### {promise.title} Broken {number(promise.broken)} times"
            yield ""
            for breach in promise.breaches:
                yield f"- {cell(breach.id)}: {cell(breach.says)} ({', '.join(breach.lines) or 'no line'})"
            yield ""
    for note in report.verdict.notes:
        yield f"- {cell(note)}"
    if report.verdict.notes:
        yield ""


def _verdict_on(promise: Promise) -> str:
    if promise.broken:
        return f"broken, {number(promise.broken)} times"
    return "kept" if promise.looked_at else "not told"


def _faults(faults: Iterable[Spell]) -> Iterator[str]:
    head = (
        "#:",
        "fault",
        "on",
        "at:",
        "healed after:",
        "longest pause:",
        "work flowed after:",
        "backlog as before after:",
    )
    yield from table(
        head,
        (
            (
                str(fault.number),
                fault.name + _became(fault),
                fault.target,
                clock(fault.begun),
                _took(None if fault.healed is None else fault.healed - fault.begun),
                _took(fault.pause),
                _took(fault.flowed),
                _took(fault.drained),
            )
            for fault in faults
        ),
    )


def _kinds(kinds: Sequence[Kind]) -> Iterator[str]:
    if not kinds:
        return
    head = (
        *("fault", "on", "times:", "healed within:", "longest pause:"),
        *("work flowed within:", "half within:", "rate kept:", "half keep:"),
    )
    yield "### By fault"
    yield ""
    yield from table(
        head,
        (
            (
                kind.name,
                kind.target,
                number(kind.times),
                _took(kind.healed) + (f" ({number(kind.unhealed)} never whole)" if kind.unhealed else ""),
                _took(kind.pause) + (f" ({number(kind.stopped)} without end)" if kind.stopped else ""),
                _took(kind.flowed) + (f" ({number(kind.stopped)} not again)" if kind.stopped else ""),
                _took(kind.flowed_usually),
                *("" if share is None else percent(share) for share in (kind.kept, kind.kept_usually)),
            )
            for kind in kinds
        ),
    )
    yield KEPT
    yield ""
    yield "### One by one"
    yield ""


def _knee(report: Report) -> Iterator[str]:
    if report.knee is None:
        return
    yield "## Knee"
    yield ""
    yield f"{report.knee.says} What limits it: {report.knee.limit}"
    yield ""
    yield from table(
        (
            "step",
            "offered:",
            "acknowledged:",
            "completed:",
            "submission, half within:",
            "end to end, 95 % within:",
            "kept up with",
        ),
        (
            (
                f"{clock(step.begun)} - {clock(step.ended)}",
                *(measured(rate, "/s") for rate in (step.offered, step.acknowledged, step.completed)),
                _took(step.submit),
                _took(step.end_to_end),
                "yes" if step.keeps_up else "no",
            )
            for step in report.knee.steps
        ),
    )


def _memory(report: Report) -> Iterator[str]:
    if not report.memory:
        return
    yield "## Memory"
    yield ""
    yield from table(
        ("component", "a copy, first:", "last:", "most:", "slope, MB/h:", "on", "in words"),
        (
            (
                held.component,
                *(measured(value, "B") for value in (held.first, held.last, held.most)),
                gained(held),
                rests(held),
                held.says,
            )
            for held in report.memory
        ),
    )
    yield SLOPES
    yield ""


def _again(report: Report) -> Iterator[str]:
    yield "## Run it again"
    yield ""
    yield "```sh"
    yield report.command.replace("```", "'''")
    yield "```"
    yield ""
    yield f"Seed {report.seed}. Began at {moment(report.started_at)}, lasted {duration(report.seconds)}."
    yield ""
    yield from (f"- {cell(f'{name}: {value}')}" for name, value in flat(report.environment))


def _became(fault: Spell) -> str:
    if fault.skipped:
        return " (skipped)"
    if fault.failed:
        return f" (failed: {fault.detail})"
    return " (never whole)" if fault.healed is None else ""


def _took(seconds: float | None) -> str:
    return "" if seconds is None else duration(seconds)
