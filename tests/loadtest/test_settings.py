"""Settings of the load tests: a child of ours has the same, a wrong one is named."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from longshore_loadtest.commands.times import seconds
from longshore_loadtest.settings import Settings, environment


def _in_a_child(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LONGSHORE_")}
    command = [sys.executable, "-c", f"from longshore_loadtest.settings import load_settings\n{code}"]
    return subprocess.run(
        command, env=inherited | variables, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_child_has_the_settings_of_its_parent() -> None:
    # Given
    ours = Settings(run="mine", folder=Path("/somewhere"), seed=7, users=3, rate=0.5, shape="spike", key="k")

    # When
    child = _in_a_child("print(load_settings().model_dump_json())", **environment(ours))

    # Then
    assert Settings.model_validate_json(child.stdout) == ours


def test_a_key_from_a_file_ends_in_a_line_feed_that_no_header_takes() -> None:
    assert Settings(key="lsk_any\n").key == "lsk_any"


def test_a_wrong_setting_is_named() -> None:
    # When
    child = _in_a_child("load_settings()", LONGSHORE_LOADTEST_USERS="none")

    # Then
    assert child.returncode == 2
    assert "LONGSHORE_LOADTEST_USERS" in child.stderr


@pytest.mark.parametrize(
    ("text", "number"), [("90", 90.0), ("90s", 90.0), ("1.5m", 90.0), ("2h", 7200.0), (5.0, 5.0)]
)
def test_times_are_read_as_people_write_them(text: str | float, number: float) -> None:
    assert seconds(text) == number


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(typer.BadParameter, match="soon"):
        seconds("soon")
