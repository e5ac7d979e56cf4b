"""The table of arrows in docs/architecture.md: who opens which port of whom."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "architecture.md"
HEADING: Final = "## Who opens which port of whom"
PARTS: Final = frozenset({"api", "scheduler", "worker", "flower", "rabbitmq", "redis", "catalogue", "test"})
"""Components of the chart; whoever else stands in the table is a stranger."""

_ROW: Final = re.compile(
    r"\| (?P<source>[^|]+) \| (?P<target>[^|]+) \| (?P<ports>[\d, ]+) \| (?P<why>[^|]+) \|"
)
_ONLY_WITH: Final = re.compile(r"only with `([^`]+)`")


@dataclass(frozen=True)
class Arrow:
    """`source` may open `ports` of `target`."""

    source: str
    target: str
    ports: tuple[int, ...]
    why: str
    only_with: str | None = None
    """The value of the chart that it hangs on."""

    def is_inside(self) -> bool:
        """Whether both ends are pods of the release."""
        return {self.source, self.target} <= PARTS


def read_arrows(document: Path = DOCUMENT) -> list[Arrow]:
    """Every row of the table."""
    _, _, section = document.read_text(encoding="utf-8").partition(HEADING + "\n")
    section = re.split(r"^## ", section, maxsplit=1, flags=re.MULTILINE)[0]
    return [_arrow(row) for row in _ROW.finditer(section)]


def arrows_with(values: Mapping[str, Any]) -> list[Arrow]:
    """Those that a release with `values` has; `values` are all of them, defaults included."""
    return [arrow for arrow in read_arrows() if arrow.only_with is None or _is_on(arrow.only_with, values)]


def open_ports(values: Mapping[str, Any]) -> set[tuple[str, str, int]]:
    """The same, an entry for each port: (source, target, port)."""
    return {(arrow.source, arrow.target, port) for arrow in arrows_with(values) for port in arrow.ports}


def _arrow(row: re.Match[str]) -> Arrow:
    only_with = _ONLY_WITH.search(row["why"])
    return Arrow(
        row["source"].strip(),
        row["target"].strip(),
        tuple(int(port) for port in row["ports"].split(",")),
        row["why"].strip(),
        only_with[1] if only_with else None,
    )


def _is_on(path: str, values: Mapping[str, Any]) -> bool:
    if path == "workers.*.autoscaling.kind":
        return "keda" in _kinds(values)
    value: Any = values
    for key in path.split("."):
        value = value[key]
    if path == "rabbitmq.replicas":
        return bool(value > 1)
    return bool(value)


def _kinds(values: Mapping[str, Any]) -> Iterator[str]:
    default = values["workerDefaults"]["autoscaling"]["kind"]
    for pool in values["workers"].values():
        yield (pool.get("autoscaling") or {}).get("kind", default)
