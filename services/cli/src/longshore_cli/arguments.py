"""Words of a command line as a task's arguments."""

import json
import shlex
from collections.abc import Callable, Sequence
from typing import Any

import typer

from longshore.client import TaskSpec


def arguments_of(
    words: Sequence[str], given: str | None, task: Callable[[], TaskSpec]
) -> list[Any] | dict[str, Any]:
    """A list of what the words say, or an object: of parameters, if one is named or the only word is one.

    A word that is JSON stands for that value, any other for itself, as a string; name=value is the parameter
    of that name, as in Python, of the `task` that is asked for then. `given` is the whole as JSON instead,
    for what words cannot say: a string "2", a single parameter that is an object.
    """
    if given is not None:
        if words:
            raise typer.BadParameter("give arguments or --args, not both", param_hint="--args")
        return _whole(given)
    _refuse_options(words)
    if any(map(_name_in, words)):
        return _bound(words, task())
    values = [_value(word) for word in words]
    if len(values) == 1 and isinstance(values[0], dict):
        return values[0]
    return values


def _bound(words: Sequence[str], task: TaskSpec) -> dict[str, Any]:
    """Words to parameters, as Python binds a call's.

    A name that the task does not have is refused. Were it a text, a misspelt name would be one unnoticed,
    and a text would turn into a parameter when its task gets one of that name.
    """
    takes = f"{task.name} takes {', '.join(task.parameters) or 'no arguments'}"
    bound: dict[str, Any] = {}
    for place, word in enumerate(words):
        name, text = _name_in(word), word
        if name:
            if name not in task.parameters:
                raise _wrong(name, f"there is no such parameter: {takes}. As a text, write {_as_text(word)}")
            text = word.partition("=")[2]
        elif any(map(_name_in, words[:place])):
            raise _wrong(word, "it has no name, and follows an argument that has one; put it before that")
        elif place >= len(task.parameters):
            raise _wrong(word, f"one value too many: {takes}")
        else:
            name = task.parameters[place]
        if name in bound:
            raise _wrong(name, f"it is given twice: {takes}, in this order")
        bound[name] = _value(text)
    for name in task.schema.get("required", ()):
        if name not in bound:
            raise _wrong(name, f"it is missing: {takes}")
    return bound


def _name_in(word: str) -> str:
    """The name of a word name=value; of any other, nothing."""
    name, equals, _ = word.partition("=")
    return name if equals and name.isidentifier() else ""


def _as_text(word: str) -> str:
    return shlex.quote(json.dumps(word, ensure_ascii=False))


def _wrong(what: str, why: str) -> typer.BadParameter:
    return typer.BadParameter(why, param_hint=what)


def _whole(text: str) -> list[Any] | dict[str, Any]:
    try:
        value = json.loads(text, parse_constant=_no_number)
    except ValueError as error:
        raise typer.BadParameter(f"this is not JSON: {error}", param_hint="--args") from error
    except RecursionError:
        raise typer.BadParameter("lists and objects are nested too deeply", param_hint="--args") from None
    if not isinstance(value, list | dict):
        raise typer.BadParameter("this is not a JSON list or object", param_hint="--args")
    return value


def _value(word: str) -> Any:
    try:
        return json.loads(word, parse_constant=_no_number)
    except (ValueError, RecursionError):
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
