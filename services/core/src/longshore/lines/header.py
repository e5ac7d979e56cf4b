"""The first line of a CSV file: it names the parameter of each column, once for the whole file."""

from longshore.catalogue import TaskSpec
from longshore.errors import BadFile, BadLine
from longshore.lines.fields import fields
from longshore.lines.split import REFUSED
from longshore.reasons import quote


def read_header(line: str, spec: TaskSpec) -> list[str]:
    """Return the columns' names. Raises BadFile when they are not parameters of the task."""
    if line.startswith(REFUSED):
        raise BadFile(line=1, reason=line[len(REFUSED) :])
    try:
        names = [name or "" for name in fields(line)]
    except BadLine as error:
        raise BadFile(line=1, reason=str(error)) from error
    for place, name in enumerate(names, 1):
        if name not in spec.parameters:
            takes = f"{spec.name} takes {', '.join(spec.parameters) or 'no arguments'}"
            for mark, called in {";": "semicolons", "\t": "tabs"}.items():
                if mark in name:
                    takes += f". The columns are separated by {called}; save the file with commas"
            raise BadFile(line=1, reason=f"unknown column {quote(name)}: {takes}")
        if name in names[: place - 1]:
            raise BadFile(line=1, reason=f"column {quote(name)} is there twice")
    missing = [name for name in spec.schema.get("required", ()) if name not in names]
    if missing:
        raise BadFile(line=1, reason=f"no column for {', '.join(missing)}")
    return names
