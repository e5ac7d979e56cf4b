"""Two runs beside one another: what differs, in words, and what of it is more than noise."""

from collections.abc import Iterator, Mapping
from math import sqrt
from typing import Any, Final, Literal

from msgspec import Struct

from longshore_loadtest.report.figures import Measure, Report
from longshore_loadtest.report.flat import flat
from longshore_loadtest.report.memory import SHORT
from longshore_loadtest.report.words import few, many, measured

_OF_EACH_RUN: Final = {"run", "folder", "seed", "marks"}
"""Settings that are never the same, and change nothing."""
Way = Literal["better", "worse", "same", "unknown"]


class Difference(Struct, frozen=True, kw_only=True):
    """One figure in both runs."""

    what: str
    unit: str
    earlier: float
    later: float
    noise: float | None
    """Three times the standard error of the difference; None: too few slices to tell."""
    way: Way
    says: str


class Comparison(Struct, frozen=True, kw_only=True):
    """Both runs."""

    earlier: Report
    later: Report
    says: list[str]
    unlike: list[str]
    """What was not the same from the start: machine, settings, seed."""
    differences: list[Difference]


def compare(earlier: Report, later: Report) -> Comparison:
    """Compare two runs; `from_json` reads the earlier one's report back."""
    unlike = list(_unlike(earlier, later))
    before = {measure.key: measure for measure in _measures(earlier)}
    differences = [difference(before[one.key], one) for one in _measures(later) if one.key in before]
    return Comparison(
        earlier=earlier,
        later=later,
        says=list(_says(earlier, later, differences, unlike)),
        unlike=unlike,
        differences=differences,
    )


def difference(earlier: Measure, later: Measure) -> Difference:
    """One figure in both runs; it differs when by more than the noise."""
    gain = later.value - earlier.value
    noise = _noise(earlier, later)
    way: Way = "same"
    if noise is None:
        way = "unknown" if gain else "same"
    elif abs(gain) > noise:
        way = "better" if (gain < 0) == (later.better == "less") else "worse"
    return Difference(
        what=later.what,
        unit=later.unit,
        earlier=earlier.value,
        later=later.value,
        noise=noise,
        way=way,
        says=_said(earlier.value, gain, noise, way, later.unit),
    )


def _noise(earlier: Measure, later: Measure) -> float | None:
    """Of the difference: that of both runs, which know nothing of one another."""
    if earlier.noise is None or later.noise is None:
        return None
    return sqrt(earlier.noise**2 + later.noise**2)


def _said(before: float, gain: float, noise: float | None, way: Way, unit: str) -> str:
    if gain == 0:
        return "the same"
    # A slope around nothing has no share that means anything.
    share = f"{few(abs(gain) / before * 100)} %" if before > 0 and unit != "B/h" else ""
    said = f"{share or measured(abs(gain), unit)} {'more' if gain > 0 else 'less'}"
    if noise is None:
        return f"{said}; too few slices to know the noise"
    around = f"the noise of ± {measured(noise, unit)}"
    return f"{said}: within {around}" if way == "same" else f"{said}: {way}, beyond {around}"


def _measures(report: Report) -> Iterator[Measure]:
    yield from report.measures
    for held in report.memory:
        if held.gain is not None and held.seconds >= SHORT:
            yield Measure(
                key=f"memory-{held.component}",
                what=f"memory of {held.component}, gained by the hour",
                unit="B/h",
                value=held.gain,
                better="less",
                noise=held.error * 1.5,  # that is two standard errors, and this is three
            )


def _says(earlier: Report, later: Report, differences: list[Difference], unlike: list[str]) -> Iterator[str]:
    match earlier.verdict.holds, later.verdict.holds:
        case True, True:
            yield "Neither run broke a promise."
        case False, False:
            yield "Both runs broke promises."
        case True, False:
            yield "The later run broke promises, the earlier one did not."
        case _:
            yield "The earlier run broke promises, the later one did not."
    for way in ("worse", "better"):
        found = [one.what for one in differences if one.way == way]
        if found:
            yield f"{way.capitalize()}, by more than the noise: {'; '.join(found)}."
    rest = sum(one.way == "same" for one in differences)
    if rest:
        yield f"{many(rest, 'figure')} did not change by more than the noise."
    if unlike:
        yield "The runs were not made alike (below): what differs may come from that."
    yield "It is one run each: by how much whole runs differ when nothing has changed, two runs do not tell."


def _unlike(earlier: Report, later: Report) -> Iterator[str]:
    if earlier.seed != later.seed:
        yield f"seed: {earlier.seed}, then {later.seed}"
    for what in ("environment", "settings"):
        before: Mapping[str, Any] = dict(flat(getattr(earlier, what)))
        after: Mapping[str, Any] = dict(flat(getattr(later, what)))
        for name in sorted({*before, *after} - _OF_EACH_RUN):
            if before.get(name) != after.get(name):
                yield f"{name}: {before.get(name, 'nothing')}, then {after.get(name, 'nothing')}"
    was, now = ([f"{fault.name} on {fault.target}" for fault in report.done] for report in (earlier, later))
    if was != now:
        yield f"faults: {len(was)} and {len(now)}, not the same ones in the same order"
