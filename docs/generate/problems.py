"""The table of problems, from the errors' own docstrings."""

import inspect

from longshore import errors
from longshore_api import errors as api_errors
from longshore_api.problems import _kebab


def problem_table() -> str:
    """A row for each problem that the API answers with: status, type, title."""
    found = {
        error
        for module in (errors, api_errors)
        for error in vars(module).values()
        if isinstance(error, type) and issubclass(error, errors.LongshoreError) and "status" in vars(error)
    } - {errors.LongshoreError, errors.BrokerUnavailable}  # the API never talks to the broker
    rows = ["| status | type | title |", "|---|---|---|"]
    for error in sorted(found, key=lambda error: (error.status, error.__name__)):
        title = (inspect.getdoc(error) or "").partition("\n")[0]
        rows.append(f"| {int(error.status)} | `urn:longshore:{_kebab(error.__name__)}` | {title} |")
    return "\n".join(rows)
