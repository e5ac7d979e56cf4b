"""The table of routes, from the API's own OpenAPI document."""

from longshore.settings import Settings
from longshore_api.app import create_app
from longshore_api.openapi import document


def route_table() -> str:
    """A row for each route: what it does, the role it needs, what it answers."""
    rows = ["| route | what it does | role |", "|---|---|---|"]
    for path, item in document(create_app(Settings())).get("paths", {}).items():
        for method, operation in item.items():
            does = " ".join([operation["summary"], operation.get("description") or ""])
            role = next(iter(operation["security"][0].values()), ["none"])[0]
            rows.append(f"| `{method.upper()} {path}` | {_plain(does)} | {role} |")
    return "\n".join(rows)


def _plain(text: str) -> str:
    return " ".join(text.replace("<br/>", " ").split()).replace("|", "\\|")
