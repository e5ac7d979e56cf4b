"""The table of settings."""

from pathlib import Path

from pydantic.fields import FieldInfo

from longshore.settings import Settings


def settings_table() -> str:
    """A row for each setting: variable, default, meaning with its unit."""
    rows = ["| variable | default | what it is |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        rows.append(f"| `LONGSHORE_{name.upper()}` | {_default(field)} | {field.description} |")
    return "\n".join(rows)


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, Path):
        return "its place under `$XDG_DATA_HOME`"  # not this machine's
    if value in (None, [], ""):
        return ""
    return f"`{value:.10g}`" if isinstance(value, int | float) else f"`{value}`"
