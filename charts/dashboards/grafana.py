"""A dashboard and its panels, and the JSON that Grafana wants of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from charts.dashboards.expressions import HERE

_COLUMNS: Final = 24
_SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}

_FAULTS: Final = {
    "name": "Faults of a load test",
    "datasource": _SOURCE,
    "enable": True,
    "iconColor": "red",
    "expr": f"longshore_loadtest_fault{{{HERE}}} == 1",
    "step": "5s",
    "titleFormat": "{{fault}} {{place}}",
}
"""Annotations: each fault, from its beginning until all is whole again."""

Steps = tuple[tuple[float | None, str], ...]
"""Colours from a value on; the first one's value is None."""
GOOD_IF_ONE: Final[Steps] = ((None, "red"), (1, "green"))
PLAIN: Final[Steps] = ((None, "blue"),)


@dataclass(frozen=True)
class Panel:
    """One picture. `queries` are expressions by their legends, `unit` is one of Grafana's."""

    title: str
    about: str
    unit: str
    queries: Mapping[str, str]
    kind: Literal["timeseries", "stat"] = "timeseries"
    steps: Steps = PLAIN
    stacked: bool = False

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return (4, 4) if self.kind == "stat" else (12, 8)

    def json(self, id: int, x: int, y: int) -> dict[str, Any]:
        """Itself, at a place."""
        width, height = self.size
        return {
            "id": id,
            "type": self.kind,
            "title": self.title,
            "description": self.about,
            "datasource": _SOURCE,
            "gridPos": {"x": x, "y": y, "w": width, "h": height},
            "fieldConfig": {"defaults": self._defaults(), "overrides": []},
            "options": self._options(),
            "targets": [
                {"refId": chr(ord("A") + n), "datasource": _SOURCE, "expr": expr, "legendFormat": legend}
                for n, (legend, expr) in enumerate(self.queries.items())
            ],
        }

    def _defaults(self) -> dict[str, Any]:
        if self.kind == "stat":
            steps = [{"value": value, "color": color} for value, color in self.steps]
            return {"unit": self.unit, "thresholds": {"mode": "absolute", "steps": steps}}
        stacking = {"mode": "normal" if self.stacked else "none"}
        return {
            "unit": self.unit,
            "min": 0,
            "custom": {"fillOpacity": 30 if self.stacked else 5, "showPoints": "never", "stacking": stacking},
        }

    def _options(self) -> dict[str, Any]:
        if self.kind == "stat":
            return {"reduceOptions": {"calcs": ["lastNotNull"]}, "graphMode": "none"}
        return {"legend": {"placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}}


@dataclass(frozen=True)
class Dashboard:
    """Panels from left to right and from top to bottom."""

    name: str
    title: str
    about: str
    panels: Sequence[Panel]
    by_queue: bool = True
    """Whether a variable picks queues."""

    def json(self) -> dict[str, Any]:
        """What Grafana imports."""
        return {
            "uid": f"longshore-{self.name}",
            "title": f"Longshore: {self.title}",
            "description": self.about,
            "tags": ["longshore"],
            "schemaVersion": 39,
            "editable": True,
            "refresh": "30s",
            "time": {"from": "now-1h", "to": "now"},
            "annotations": {"list": [_FAULTS]},
            "templating": {"list": list(self._variables())},
            "links": [
                {"type": "dashboards", "title": "Longshore", "tags": ["longshore"], "keepTime": True,
                 "includeVars": True, "asDropdown": True}
            ],
            "panels": list(self._placed()),
        }  # fmt: skip

    def _placed(self) -> Iterator[dict[str, Any]]:
        x = y = tallest = 0
        for id, panel in enumerate(self.panels, start=1):
            width, height = panel.size
            if x + width > _COLUMNS or height != (tallest or height):
                x, y, tallest = 0, y + tallest, 0
            yield panel.json(id, x, y)
            x, tallest = x + width, height

    def _variables(self) -> Iterator[dict[str, Any]]:
        yield {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}
        # One at a time: queues of two installations may have one name.
        yield _choice("namespace", "label_values(longshore_ledger_up, namespace)")
        if self.by_queue:
            every = {"multi": True, "includeAll": True, "allValue": ".*"}
            query = 'label_values(longshore_queue_backlog{namespace=~"$namespace"}, queue)'
            yield _choice("queue", query) | every | {"current": {"text": "All", "value": "$__all"}}


def _choice(name: str, query: str) -> dict[str, Any]:
    return {"name": name, "type": "query", "datasource": _SOURCE, "query": query, "refresh": 2, "sort": 1}
