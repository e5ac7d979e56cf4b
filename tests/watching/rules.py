"""The chart's alerts, as Prometheus reads them."""

import re
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
ALERTS: Final = ROOT / "charts" / "longshore" / "alerts"
RUNBOOKS: Final = ROOT / "docs" / "runbooks"


def names() -> list[str]:
    """Names of the alerts' files, which are those of their runbooks too."""
    return sorted(path.stem for path in ALERTS.glob("*.yaml"))


def rule(name: str) -> dict[str, Any]:
    """One alert."""
    found: dict[str, Any] = yaml.safe_load((ALERTS / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def rule_file(*of: str) -> str:
    """A file of rules with these alerts."""
    return str(yaml.safe_dump({"groups": [{"name": "longshore", "rules": [rule(name) for name in of]}]}))


def kebab(alert: str) -> str:
    """`LongshoreLedgerDown` → `ledger-down`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", alert.removeprefix("Longshore")).lower()
