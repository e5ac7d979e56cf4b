"""What goes wrong is said in words, on stderr, with an exit status that means something."""

import json
import subprocess
import sys

import pytest

from longshore_cli.main import COMMANDS, main
from tests.services.ports import free_port


def _run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["longshore", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_an_api_that_is_not_there_is_said_to_be_that(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given
    url = f"http://127.0.0.1:{free_port()}"

    # When
    status = _run(monkeypatch, "status", "some-task", "--url", url)

    # Then
    said = capsys.readouterr()
    assert status == 3
    assert "The API does not answer" in said.err
    assert "longshore up" in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


def test_an_error_is_json_when_json_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(monkeypatch, "status", "--json", "--url", f"http://127.0.0.1:{free_port()}")

    error = json.loads(capsys.readouterr().err)["error"]
    assert error["title"] == "The API does not answer"


def test_a_ledger_that_is_not_there_is_said_to_be_that(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status = _run(monkeypatch, "keys", "list", "--ledger", f"redis://127.0.0.1:{free_port()}/0")

    assert status == 3
    assert "cannot be used" in capsys.readouterr().err


def test_a_mistyped_command_is_set_right(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, "sumbit", "add") == 2

    assert "Did you mean 'submit'" in capsys.readouterr().err


def test_a_fault_of_our_own_names_its_place_and_shows_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given
    monkeypatch.setattr("longshore_cli.commands.version.installed", lambda _: 1 / 0)

    # When
    status = _run(monkeypatch, "version")

    # Then
    said = capsys.readouterr().err
    assert status == 1
    assert "ZeroDivisionError" in said
    assert "test_errors.py" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "worker"])
def test_every_command_has_help(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, command, "--help") == 0

    assert f"longshore {command}" in capsys.readouterr().out


def test_help_costs_no_heavy_imports() -> None:
    # When the list of commands is shown
    program = "import sys; sys.argv = ['longshore', '--help']\nfrom longshore_cli.main import main\n"
    program += "try: main()\nexcept SystemExit: print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    # Then nothing was imported that takes its time
    heavy = {"httpx", "pydantic", "redis", "celery", "flask", "msgspec", "asyncio", "longshore.settings"}
    assert heavy & set(done.stderr.split()) == set()
    assert "Commands" in done.stdout or "submit" in done.stdout
