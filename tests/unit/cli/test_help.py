"""What `--help` says of each command and option is a sentence, with its default in words."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.main import get_command

from longshore_cli.main import COMMANDS, app


def _commands() -> Iterator[tuple[str, Any]]:
    context = typer.Context(get_command(app))
    for name in COMMANDS:
        _, command, _ = get_command(app).resolve_command(context, [name])  # type: ignore[attr-defined]
        yield name, command
        for verb, inner in getattr(command, "commands", {}).items():
            yield f"{name} {verb}", inner


HELP = [
    pytest.param(text, id=f"{name} {parameter.name if parameter else ''}")
    for name, command in _commands()
    for parameter in (None, *command.params)
    if (text := parameter.help if parameter else command.help)
]


@pytest.mark.parametrize("text", HELP)
def test_help_is_a_sentence(text: str) -> None:
    assert re.fullmatch(r"[A-Z].*[.…]", text, re.DOTALL)


@pytest.mark.parametrize("text", HELP)
def test_help_has_no_brackets_which_typer_would_take_for_markup(text: str) -> None:
    assert "[" not in text
