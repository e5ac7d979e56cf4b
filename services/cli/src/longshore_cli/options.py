"""What many commands have in common, so that it is called and explained alike."""

import math
from typing import Annotated, Any

import typer

Url = Annotated[
    str | None,
    typer.Option(
        "--url", metavar="URL", help="URL of the API (LONGSHORE_URL). Default: a running `longshore up`."
    ),
]
Key = Annotated[str | None, typer.Option("--key", metavar="KEY", help="API key (LONGSHORE_KEY).")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
LedgerUrl = Annotated[
    str | None,
    typer.Option(
        "--ledger",
        metavar="URL",
        help="URL of the ledger, redis://… (LONGSHORE_LEDGER). Default: that of a running `longshore up`.",
    ),
]
BrokerUrl = Annotated[
    str | None,
    typer.Option(
        "--broker",
        metavar="URL",
        help="URL of the broker, amqp://… (LONGSHORE_BROKER). Default: that of a running `longshore up`.",
    ),
]


def seconds(text: str) -> float:
    """A span of time as it was typed; `nan`, `inf` and what is below 0 are none."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise typer.BadParameter(f"{text!r} is not a number of seconds, 0 or more")
    return value


Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout", metavar="SECONDS", parser=seconds, help="Stop waiting after this time. Default: never."
    ),
]


def command_app(**given: Any) -> typer.Typer:
    """The app of one command."""
    names = {"help_option_names": ["-h", "--help"]}
    return typer.Typer(add_completion=False, pretty_exceptions_enable=False, context_settings=names, **given)
