"""Which file of the chart is written how."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import yaml

from charts.generate.comments import read_values
from charts.generate.schema import schema_of
from charts.generate.table import table_of
from longshore_ledger.acl import USERS

CHART: Final = Path(__file__).parents[1] / "longshore"


def renewed(name: str) -> str:
    """A file of the chart as it should be now."""
    return GENERATED[name]()


def _schema() -> str:
    return schema_of(read_values(CHART / "values.yaml"))


def _readme() -> str:
    text = (CHART / "README.md").read_text(encoding="utf-8")
    found = re.fullmatch(r"(.*<!-- values\b[^>]*-->\n).*(<!-- /values -->.*)", text, flags=re.DOTALL)
    if found is None:
        raise SystemExit("README.md has no place for the table of values")
    return f"{found[1]}{table_of(read_values(CHART / 'values.yaml'))}\n{found[2]}"


def _ledger_users() -> str:
    head = "# Rights of Redis' users, from longshore_ledger/acl.py by `make chart`.\n"
    rights = {user.name: list(user.rules()) for user in USERS}
    return head + yaml.safe_dump(rights, sort_keys=False, width=100)


GENERATED: Final[Mapping[str, Callable[[], str]]] = {
    "values.schema.json": _schema,
    "README.md": _readme,
    "files/ledger-users.yaml": _ledger_users,
}
"""File of the chart → what writes it."""
