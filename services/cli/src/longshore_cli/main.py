"""The `longshore` command: its list of commands, and what becomes of errors.

A command's module is imported when that command is run, so that `longshore --help` is quick.
"""

import io
import os
import sys
import threading
import traceback
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any, Final, NoReturn

import typer
from typer._click.exceptions import ClickException, NoArgsIsHelpError
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "up": ("Run", "Run everything on this machine: ledger, API, scheduler and a worker."),
    "worker": ("Run", "Run a worker: longshore worker -Q add,multiply -c 4."),
    "api": ("Run", "Run only the API."),
    "scheduler": ("Run", "Run only a scheduler."),
    "submit": ("Work", "Submit one task: longshore submit add 2 3."),
    "upload": ("Work", "Run a task on every line of a text file."),
    "status": ("Work", "Show a task, a batch, or the whole system."),
    "watch": ("Work", "Watch the whole system, or what happens to some tasks."),
    "wait": ("Work", "Wait for a task or a batch and print its result."),
    "cancel": ("Work", "Cancel tasks or batches."),
    "retry": ("Work", "Run failed or cancelled tasks, or the failed lines of a batch, once more."),
    "tasks": ("Work", "List tasks."),
    "queues": ("Operate", "List, pause and resume queues."),
    "workers": ("Operate", "List and drain workers."),
    "keys": ("Operate", "Create, list and revoke API keys."),
    "doctor": ("Operate", "Check ledger, broker, settings and workers, and say what to do."),
    "version": ("Operate", "Print the version."),
}
"""Every command: the heading it stands under, and its one line of help. Its module has the same name."""


_PIPE_CLOSED: Final = 141


class Commands(TyperGroup):
    """Knows every command by name and help alone, and imports the one that is run."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        for name, (panel, line) in COMMANDS.items():
            self.add_command(TyperCommand(name, help=line, rich_help_panel=panel))

    def resolve_command(self, ctx: typer.Context, args: list[str]) -> Any:  # type: ignore[override]
        """The whole command, to be run or to show its own help."""
        name, _, rest = super().resolve_command(ctx, args)  # refuses unknown names
        module = import_module(f"longshore_cli.commands.{name}")
        command = get_command(module.app)
        command.name = name
        return name, command, rest


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("longshore"))
        raise typer.Exit


@app.callback(
    epilog="Exit status: 0 done, 1 work failed, 2 wrong usage, 3 no answer, 4 refused, 5 still running."
)
def root(
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version.")
    ] = False,
) -> None:
    """Run Python functions on many machines and never lose one.

    Start everything on this machine with `longshore up`.
    """


def main() -> None:
    """Run the command line. What goes wrong is said in words and by the exit status, never by a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may know ASCII only
    _leave(_guarded(_run))


def _run() -> int:
    status = app(standalone_mode=False)
    if sys.stdout is not None:
        sys.stdout.flush()  # here, where it can still be said that this failed
    return int(status or 0)


def _guarded(run: Callable[[], int]) -> int:
    try:
        return run()
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):  # rich's way to end
            return _PIPE_CLOSED
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BrokenPipeError:
        return _PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 - the last place that can say it in words
        try:
            return _report(error)
        except OSError:  # there is no terminal any more to say it to
            return 1


def _report(error: Exception) -> int:
    from longshore.errors import LongshoreError  # noqa: PLC0415 - only when something went wrong
    from longshore_cli.display import print_error  # noqa: PLC0415
    from longshore_cli.exits import Exit, exit_of  # noqa: PLC0415

    json = "--json" in sys.argv
    if isinstance(error, ClickException):
        _report_usage(error, json=json)
        return error.exit_code
    if isinstance(error, LongshoreError):
        print_error(error.title, error.detail, json=json)
        return exit_of(error)
    if isinstance(error, OSError):
        print_error("A file cannot be used", str(error), json=json)
        return Exit.FAILED
    if isinstance(error, UnicodeEncodeError) and any(map(_is_no_text, sys.argv)):
        print_error(
            "Wrong usage",
            "A word of the command line is not UTF-8. Only the name of a file may be anything else.",
            json=json,
        )
        return Exit.USAGE
    where = traceback.extract_tb(error.__traceback__)[-1]
    detail = f"{type(error).__name__}: {error} (at {where.filename}:{where.lineno}). Please report it."
    print_error("This is a bug in Longshore", detail, json=json)
    return Exit.FAILED


def _report_usage(error: ClickException, *, json: bool) -> None:
    from longshore_cli.display import print_error, print_note  # noqa: PLC0415

    context = getattr(error, "ctx", None)
    if isinstance(error, NoArgsIsHelpError) and not json:
        error.show()
        return
    if context is not None and not json:
        print_note(context.get_usage())
        print_note(f"Try '{context.command_path} --help' for help.")
    print_error("Wrong usage", error.format_message() or "Say what to do.", json=json)


def _is_no_text(word: str) -> bool:
    return word != word.encode(errors="replace").decode()


def _leave(status: int) -> NoReturn:
    try:
        if sys.stdout is not None and not sys.stdout.closed:
            sys.stdout.flush()
    except OSError:
        # What is left in Python's buffer would be written at the end, and the status would be 120.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if threading.active_count() > 1:  # the doctor imports tasks, and a module of theirs may start threads
        from longshore_worker.leaving import leave  # noqa: PLC0415

        leave(status)
    sys.exit(status)
