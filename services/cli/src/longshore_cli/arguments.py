"""Words of a command line as a task's arguments."""

import json
from collections.abc import Sequence
from typing import Any

import typer


def arguments_of(words: Sequence[str], given: str | None) -> list[Any] | dict[str, Any]:
    """A list of what the words say, or an object, if there is one word and it is one.

    A word that is JSON stands for that value, any other for itself, as a string. `given` is the whole as
    JSON instead, for what words cannot say: a string "2", a single parameter that is an object.
    """
    if given is not None:
        if words:
            raise typer.BadParameter("give words or --args, not both", param_hint="--args")
        return _whole(given)
    _refuse_options(words)
    values = [_value(word) for word in words]
    if len(values) == 1 and isinstance(values[0], dict):
        return values[0]
    return values


def _whole(text: str) -> list[Any] | dict[str, Any]:
    try:
        value = json.loads(text, parse_constant=_no_number)
    except ValueError as error:
        raise typer.BadParameter(f"this is not JSON: {error}", param_hint="--args") from error
    if not isinstance(value, list | dict):
        raise typer.BadParameter("a JSON list or object is wanted", param_hint="--args")
    return value


def _value(word: str) -> Any:
    try:
        return json.loads(word, parse_constant=_no_number)
    except ValueError:
        return word


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _refuse_options(words: Sequence[str]) -> None:
    """Words may be negative numbers, so that options unknown to the parser arrive here as words, too."""
    for word in words:
        if word.startswith("-") and word != "-" and isinstance(_value(word), str):
            raise typer.BadParameter(
                f"there is no option {word}; a text that begins with a dash goes into --args '[\"{word}\"]'",
                param_hint="arguments",
            )
