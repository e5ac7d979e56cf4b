"""Where a value lies on an axis, and which values are written beside it."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final, Self

from longshore_loadtest.report.words import measured, number

_STEPS: Final = (1, 2, 2.5, 5, 10)
_TICKS: Final = 4
_TIMES: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
_DECADES: Final = 30
"""Values of which one is this many times another go by their logarithms: small ones would not be seen."""


@dataclass(frozen=True)
class Tick:
    """A value that is written beside its axis. `at`: its share of the axis, from 0 to 1."""

    at: float
    text: str


@dataclass(frozen=True)
class Scale:
    """An axis from `low` to `high`."""

    low: float
    high: float
    step: float
    logarithmic: bool
    unit: str

    @classmethod
    def around(cls, values: Iterable[float], unit: str, *, logarithmic: bool = False) -> Self:
        """The axis that holds all of these, and 0 unless it is logarithmic."""
        found = list(values)
        above = [value for value in found if value > 0]
        if logarithmic and above and max(above) / min(above) >= _DECADES:
            return cls(10.0 ** floor(log10(min(above))), 10.0 ** ceil(log10(max(above))), 0, True, unit)
        high = max(above, default=1.0)
        step = _step(high / _TICKS, whole=unit == "")
        return cls(0.0, ceil(high / step - 1e-9) * step, step, False, unit)

    def share(self, value: float) -> float:
        """Where it lies: 0 at the foot, 1 at the top."""
        if self.logarithmic:
            value = max(value, self.low)
            return min(1.0, log10(value / self.low) / log10(self.high / self.low))
        return min(1.0, max(0.0, value) / self.high)

    @property
    def ticks(self) -> list[Tick]:
        """From the foot up."""
        if self.logarithmic:
            powers = range(round(log10(self.low)), round(log10(self.high)) + 1)
            values = [10.0**power for power in powers]
        else:
            values = [self.step * tick for tick in range(round(self.high / self.step) + 1)]
        return [Tick(self.share(value), self._text(value)) for value in values]

    def _text(self, value: float) -> str:
        if value == 0:
            return "0"
        return measured(value, self.unit) if self.unit in {"s", "B"} else number(value)


def times(seconds: float, most: int = 8) -> list[float]:
    """Round moments of a run, from 0, at most so many and one."""
    step = next((step for step in _TIMES if seconds / step <= most), ceil(seconds / most))
    return [float(tick * step) for tick in range(floor(seconds / step) + 1)]


def _step(least: float, *, whole: bool) -> float:
    """The smallest round step that is at least this; whole numbers for what is counted."""
    power = 10.0 ** floor(log10(least))
    step = next(step * power for step in _STEPS if step * power >= least * (1 - 1e-9))
    return max(1.0, float(ceil(step))) if whole else step
