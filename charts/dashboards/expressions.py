"""Expressions that many panels share.

Every scheduler exports the ledger's figures: `max` takes them once. What a process counts of itself is
summed.
A counter that never rose is not there; `or vector(0)` says so as a number.
"""

from typing import Final

HERE: Final = 'namespace=~"$namespace"'
QUEUE: Final = f'{HERE}, queue=~"$queue"'


def latest(metric: str, *by: str, only: str = HERE) -> str:
    """A gauge of the ledger."""
    return f"max{_by(*by)} ({metric}{{{only}}})"


def counted(name: str, *by: str, only: str = QUEUE) -> str:
    """How often a second the ledger counts `name`."""
    return f"{_counted(name, *by, only=only)} or vector(0)"


def failing(*by: str, only: str = QUEUE) -> str:
    """The share of failures among what ended. Where nothing ever succeeded, there is no such counter."""
    failed, succeeded = (_counted(name, *by, only=only) for name in ("failed", "succeeded"))
    return f"{failed} / ({failed} + ({succeeded} or 0 * {failed})) or vector(0)"


def own(metric: str, *by: str, only: str = HERE) -> str:
    """How fast a counter rises that each process keeps of itself."""
    return f"sum{_by(*by)} ({_rate(metric, only)}) or vector(0)"


def quantile(of: float, name: str, *by: str, only: str = QUEUE) -> str:
    """A quantile of the ledger's histogram `name`."""
    rates = f"max by (queue, le) ({_rate(f'longshore_{name}_seconds_bucket', only)})"
    return f"histogram_quantile({of}, sum{_by(*by, 'le')} ({rates}))"


def own_quantile(of: float, metric: str, *by: str, only: str = HERE) -> str:
    """A quantile of a histogram that each process keeps of itself."""
    return f"histogram_quantile({of}, sum{_by(*by, 'le')} ({_rate(f'{metric}_bucket', only)}))"


def _counted(name: str, *by: str, only: str) -> str:
    return f"sum{_by(*by)} (max by (queue, task) ({_rate(f'longshore_{name}_total', only)}))"


def _rate(metric: str, only: str) -> str:
    return f"rate({metric}{{{only}}}[$__rate_interval])"


def _by(*labels: str) -> str:
    return f" by ({', '.join(labels)})" if labels else ""
