"""Whatever is typed: it is done, or refused in words."""

import io
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NoReturn
from unittest.mock import Mock

import httpx
import pytest
from typer.core import TyperArgument
from typer.main import get_command

from longshore import Client
from longshore_cli.exits import Exit
from longshore_cli.main import COMMANDS, main

_ODD: Final = (
    "",
    "-1",
    "nan",
    "1e400",
    "9" * 30,
    "\u0663",
    "0001-01-01",
    "9999-12-31T23:59:59",
    "..",
    "http://[",
    "redis://127.0.0.1:x",
    "~nobody-of-this-name/x",
    "\x1b]52;c;YQ==\x07",
    "two\nlines",
    "\u6570\u636e",
    "\udcff",
    "b=\udcff",
    "[/x]{y}",
    "[" * 2_000,
    "[" * 900 + "]" * 900,
    "x" * 20_000,
)
_REQUIRED: Final = {
    "task": "add",
    "id": "some-id",
    "ids": "some-id",
    "names": "add",
    "name": "odd",
    "role": "viewer",
    "file": "numbers.txt",
}
_VARIABLES: Final = ("ledger", "broker", "url", "data", "tasks", "key", "host", "port", "log_format")


def _commands() -> dict[str, tuple[tuple[str, ...], Any]]:
    found: dict[str, tuple[tuple[str, ...], Any]] = {}
    for name in COMMANDS:
        command: Any = get_command(import_module(f"longshore_cli.commands.{name}").app)
        below = getattr(command, "commands", {})
        if not below:
            found[name] = (name,), command
        found |= {f"{name} {word}": ((name, word), one) for word, one in below.items()}
    return found


_ALL: Final = _commands()


def _lines(words: tuple[str, ...], command: Any) -> Iterator[list[str]]:
    """The command with each of its options and arguments in turn as every odd value."""
    for odd in command.params:
        if not getattr(odd, "is_flag", False):
            for value in _ODD:
                given = [
                    _given(parameter, value if parameter is odd else None) for parameter in command.params
                ]
                yield [*words, *(word for one in given for word in one)]


def _given(parameter: Any, value: str | None) -> list[str]:
    if value is None and parameter.name == "detach":
        return ["--detach"]  # no worker runs here
    if value is None and parameter.required:
        value = _REQUIRED[parameter.name]
    if value is None:
        return []
    return [value] if isinstance(parameter, TyperArgument) else [f"{parameter.opts[0]}={value}"]


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    """One for all: each has certificates of its own, and takes its time to read them."""
    with httpx.Client() as http:
        yield http


@pytest.fixture
def system(
    url: str, redis_url: str, http: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system to talk to; what would run for ever is looked at, and not started."""

    def connect(url: str, key: str = "", **given: Any) -> Client:
        return Client(url, key, **given | {"patience": 0.0, "timeout": 5.0}, http=http)

    def become(*_: object) -> NoReturn:
        raise SystemExit(0)

    def nothing(*_: object, **__: object) -> Iterator[Any]:
        return iter(())

    monkeypatch.chdir(tmp_path)
    (tmp_path / "numbers.txt").write_text("1 2\n")
    for name in _VARIABLES:
        monkeypatch.delenv(f"LONGSHORE_{name.upper()}", raising=False)
    monkeypatch.setenv("LONGSHORE_URL", url)
    monkeypatch.setenv("LONGSHORE_LEDGER", redis_url)
    monkeypatch.setenv("LONGSHORE_BROKER", redis_url)
    monkeypatch.setenv("LONGSHORE_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("longshore_cli.targets.Client", connect)
    monkeypatch.setattr("os.execve", become)
    monkeypatch.setattr("longshore_cli.commands.up.run", become)
    monkeypatch.setattr("longshore_cli.commands.up.Log", Mock())
    monkeypatch.setattr(Client, "events", nothing)


def _say(words: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="ascii") for _ in range(2))
    monkeypatch.setattr(sys, "argv", ["longshore", *words])
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    with pytest.raises(SystemExit) as ended:
        main()
    out.flush()
    err.flush()
    return int(ended.value.code or 0), (out.buffer.getvalue() + err.buffer.getvalue()).decode()


@pytest.mark.parametrize("name", list(_ALL))
@pytest.mark.usefixtures("system")
def test_odd_values_are_taken_or_refused_in_words(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = []
    for line in _lines(*_ALL[name]):
        status, said = _say(line, monkeypatch)
        if "Traceback" in said or "bug in Longshore" in said or status not in set(Exit) or "\x1b" in said:
            wrong.append((line, status, said))

    assert wrong == []
