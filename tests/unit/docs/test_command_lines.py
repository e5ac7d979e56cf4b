"""What the documents call `longshore`, `longshore-loadtest` and `make` with is understood."""

import re
from typing import Any, Final

import pytest
import typer
from typer._click.exceptions import BadParameter, ClickException, MissingParameter, NoArgsIsHelpError
from typer.main import get_command

from longshore_cli.main import app as longshore
from longshore_loadtest.cli import app as loadtest
from longshore_worker import arguments as worker
from tests.unit.docs.blocks import ROOT
from tests.unit.docs.shell import Command, commands, split

APPS: Final[dict[str, typer.Typer]] = {"longshore": longshore, "longshore-loadtest": loadtest}
MAKEFILE: Final = (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", commands(*APPS), ids=str)
def test_a_command_line_is_understood(command: Command) -> None:
    _read(command.words, whole=command.whole)


@pytest.mark.parametrize("command", commands("make"), ids=str)
def test_make_has_the_target_and_what_it_runs_understands_the_arguments(command: Command) -> None:
    # Given
    target, *variables = command.words[1:]
    rule = re.search(rf"^{target}:.*\n((?:\t.*\n)*)", MAKEFILE, re.MULTILINE)

    # Then
    assert rule, f"make {target}"
    for name, value in (word.split("=", 1) for word in variables):
        assert name in MAKEFILE
        for line in re.findall(rf"(longshore\S* .*)\$\({name}\)", rule[1]):
            _read(split(f"{line} {value}")[0], whole=True)


@pytest.mark.parametrize(
    "line",
    ["longshore upload names.txt --tsk add", "longshore fly", "longshore submit", "longshore worker --cc 2"],
)
def test_a_wrong_command_line_is_noticed(line: str) -> None:
    with pytest.raises((ClickException, SystemExit)):
        _read(split(line)[0], whole=True)


def _read(words: tuple[str, ...], *, whole: bool) -> None:
    """Parse a command line without running it. Raises what the program would have said."""
    program, *rest = words
    try:
        if (program, *rest[:1]) == ("longshore", "worker"):
            worker.parse(rest[1:])
        else:
            _parse(get_command(APPS[program]), program, rest)
    except (MissingParameter, NoArgsIsHelpError):
        if whole:
            raise
    except BadParameter as error:  # A file or folder that only the reader has.
        if not re.search("does not exist|No such file", error.message):
            raise


def _parse(command: Any, name: str, rest: list[str]) -> None:
    context = command.make_context(name, rest)
    if hasattr(command, "resolve_command"):
        name, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        _parse(command, name, rest)
