"""`--compare`: the report of an earlier run. It is read before anything begins."""

from pathlib import Path
from typing import Annotated

import typer

from longshore_loadtest.report import Report, from_json


def _report(path: str) -> Report:
    try:
        return from_json(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{path} is no report.json of this version: {error}") from None


Compare = Annotated[
    Report | None,
    typer.Option(parser=_report, metavar="FILE", help="The report.json of an earlier run to compare with."),
]
