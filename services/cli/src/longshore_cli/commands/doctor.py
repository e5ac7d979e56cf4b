"""`longshore doctor`."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Annotated, Final

import typer
from rich.markup import escape

from longshore.errors import LongshoreError
from longshore.settings import Settings
from longshore_cli.display import print_json, terminal
from longshore_cli.doctor.broker import check_broker
from longshore_cli.doctor.contradictions import check_settings
from longshore_cli.doctor.finding import Finding, Level, Result, Treatment, fail
from longshore_cli.doctor.ledger import check_ledger
from longshore_cli.doctor.ledger_users import check_users
from longshore_cli.doctor.records import check_records
from longshore_cli.doctor.system import check_api, check_files, check_system, check_tasks
from longshore_cli.exits import Exit
from longshore_cli.options import BrokerUrl, Json, Key, LedgerUrl, Url, command_app
from longshore_cli.targets import settings_for
from longshore_cli.visible import visible
from longshore_ledger import Ledger

app = command_app()

_STYLES: Final = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "bold red"}


@app.command()
def doctor(
    *,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Fix what can be fixed: settings, users of broker and ledger."),
    ] = False,
    management: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="RabbitMQ's management API for --fix: http://admin:password@host:15672."
        ),
    ] = None,
    deep: Annotated[
        bool,
        typer.Option("--deep", help="Compare every record of the ledger with every index, too."),
    ] = False,
    ledger: LedgerUrl = None,
    broker: BrokerUrl = None,
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> None:
    """Check ledger, broker, settings and workers, and say what to do. Exit status 1 if something fails."""
    settings = settings_for(url=url, key=key, ledger=ledger, broker=broker)
    findings = []
    for result in _results(settings, management, deep=deep):
        finding = _treated(result) if fix and isinstance(result, Treatment) else _finding(result)
        findings.append(finding)
        if not json:
            _print(finding)
    if json:
        print_json(findings)
    if any(finding.level is Level.FAIL for finding in findings):
        raise typer.Exit(Exit.FAILED)


def _results(settings: Settings, management: str | None, *, deep: bool) -> Iterator[Result]:
    queues: Iterable[str] = ()
    try:
        with closing(Ledger.open(settings.ledger, settings, may_evict=True)) as ledger:
            queues = sorted({spec.queue for spec in ledger.catalogue.read().values()})
            yield from check_ledger(ledger, settings)
            yield from check_users(ledger, settings)
            if deep:
                yield from check_records(ledger)
            yield from check_broker(settings, queues, management)
            yield from check_system(ledger, settings)
    except LongshoreError as error:
        yield fail("ledger", error.detail, "Start it or set LONGSHORE_LEDGER; `longshore up` brings one.")
        yield from check_broker(settings, queues, management)
    yield from check_settings(settings)
    yield check_tasks(settings)
    yield check_api(settings)
    yield from check_files(settings)


def _finding(result: Result) -> Finding:
    return result.finding if isinstance(result, Treatment) else result


def _treated(treatment: Treatment) -> Finding:
    before = treatment.finding
    try:
        done, _, more = treatment.act().partition("\n")
    except Exception as error:  # noqa: BLE001 - a remedy that fails is a finding, too
        return Finding(before.level, before.subject, f"{before.text}; --fix failed: {error}", before.advice)
    return Finding(Level.OK, before.subject, f"{before.text}; fixed: {done}", more)


def _print(finding: Finding) -> None:
    console = terminal()
    style = _STYLES[finding.level]
    text = escape(visible(finding.text))
    console.print(f"[{style}]{finding.level:<4}[/] [bold]{finding.subject:<9}[/] {text}")
    for line in finding.advice.splitlines():
        console.print(f"{'':<14} {escape(visible(line))}", style="dim" if finding.level is Level.OK else "")
