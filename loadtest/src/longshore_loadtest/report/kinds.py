"""The faults of a run by what they are and where: a long run does each of them several times."""

from collections.abc import Callable, Iterable, Sequence

from longshore_loadtest.report.figures import Kind, Spell
from longshore_loadtest.report.quantile import quantile


def kinds(faults: Iterable[Spell]) -> list[Kind]:
    """One for each fault and place that was really done, by name."""
    found: dict[tuple[str, str], list[Spell]] = {}
    for fault in faults:
        if fault.done:
            found.setdefault((fault.name, fault.target), []).append(fault)
    return [_kind(*key, done) for key, done in sorted(found.items())]


def _kind(name: str, target: str, done: Sequence[Spell]) -> Kind:
    flowed = [fault.flowed for fault in done if fault.flowed is not None]
    kept = [fault.kept for fault in done if fault.kept is not None]
    return Kind(
        name=name,
        target=target,
        times=len(done),
        unhealed=sum(fault.healed is None for fault in done),
        healed=_of(max, (None if one.healed is None else one.healed - one.begun for one in done)),
        pause=_of(max, (one.pause for one in done)),
        flowed=_of(max, flowed),
        flowed_usually=quantile(flowed, 0.5),
        stopped=sum(one.pause is None for one in done),
        kept=_of(min, kept),
        kept_usually=quantile(kept, 0.5),
    )


def _of(which: Callable[[list[float]], float], values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return which(known) if known else None
