"""A setting that is wrong stops the process, with its name."""

from pathlib import Path

import pytest

from longshore.settings import Settings, load_settings


def test_a_wrong_value_is_shown_with_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given
    monkeypatch.setenv("LONGSHORE_PORT", "70000")

    # When
    with pytest.raises(SystemExit) as caught:
        load_settings()

    # Then
    assert caught.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith("LONGSHORE_PORT: ")
    assert "70000" in told


def test_a_wrong_log_level_is_shown_with_those_there_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given
    monkeypatch.setenv("LONGSHORE_LOG_LEVEL", "loud")

    # When
    with pytest.raises(SystemExit) as caught:
        load_settings()

    # Then
    assert caught.value.code == 2
    told = capsys.readouterr().err
    assert told == "LONGSHORE_LOG_LEVEL: Input should be 'debug', 'info', 'warning' or 'error' (got 'loud')\n"


@pytest.mark.parametrize("key", ["", "hunter2", "nineteen characters", f"{' ' * 20}hunter2"])
def test_an_admin_key_that_can_be_guessed_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    # Given
    monkeypatch.setenv("LONGSHORE_ADMIN_KEY", key)

    # When
    with pytest.raises(SystemExit):
        load_settings()

    # Then
    told = capsys.readouterr().err
    assert told.startswith("LONGSHORE_ADMIN_KEY: ")
    assert "at least 20 characters" in told
    assert "hunter" not in told
    assert "got" not in told


def test_an_admin_key_from_a_file_may_end_in_a_new_line_and_is_in_no_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given
    monkeypatch.setenv("LONGSHORE_ADMIN_KEY", "lsk_0123456789abcdef\n")

    # When
    settings = load_settings()

    # Then
    assert settings.admin_key == "lsk_0123456789abcdef"
    assert "lsk_" not in repr(settings)


@pytest.mark.parametrize("address", ["", "grafana.example.com", "javascript:alert(1)", "https://a b"])
def test_a_link_of_the_page_is_a_web_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    # Given
    monkeypatch.setenv("LONGSHORE_GRAFANA_URL", address)

    # When
    with pytest.raises(SystemExit):
        load_settings()

    # Then
    assert capsys.readouterr().err.startswith("LONGSHORE_GRAFANA_URL: ")


def test_a_folder_may_begin_with_the_home_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LONGSHORE_DATA", "~/data")

    assert load_settings().data == tmp_path / "data"


def test_a_home_directory_that_is_not_there_is_said_to_be_that(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LONGSHORE_DATA", "~nobody-of-this-name/data")

    with pytest.raises(SystemExit):
        load_settings()

    assert "LONGSHORE_DATA: there is no home directory" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["inf", "nan", "-1", "1e300", "soon"])
def test_a_time_is_a_finite_number_of_seconds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    for name in [name for name in Settings.model_fields if name.endswith("_seconds")]:
        # Given
        variable = f"LONGSHORE_{name.upper()}"
        monkeypatch.setenv(variable, value)

        # When
        with pytest.raises(SystemExit):
            load_settings()

        # Then
        assert capsys.readouterr().err.startswith(f"{variable}: ")
        monkeypatch.delenv(variable)


@pytest.mark.parametrize(
    ("given", "named", "advice"),
    [
        (
            {"HEARTBEAT": "5", "RESTART_GRACE": "10", "OWNERSHIP_TIMEOUT": "10"},
            "HEARTBEAT_TIMEOUT",
            "to 10 or more",
        ),
        ({"HEARTBEAT_TIMEOUT": "1"}, "HEARTBEAT_TIMEOUT", "to 2 or more"),
        ({"HEARTBEAT": "3", "HEARTBEAT_TIMEOUT": "9"}, "OWNERSHIP_TIMEOUT", "to 3 or more"),
        ({"RESTART_GRACE": "0"}, "RESTART_GRACE", "to 1 or more"),
    ],
)
def test_times_that_contradict_each_other_are_refused(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    given: dict[str, str],
    named: str,
    advice: str,
) -> None:
    # Given a living worker that would count as dead, or a dead one that would not
    for name, value in given.items():
        monkeypatch.setenv(f"LONGSHORE_{name}_SECONDS", value)

    # When
    with pytest.raises(SystemExit) as caught:
        load_settings()

    # Then both are named, and what to set
    told = capsys.readouterr().err
    assert caught.value.code == 2
    assert told.startswith(f"LONGSHORE_{named}_SECONDS (now ")
    assert "LONGSHORE_HEARTBEAT_SECONDS" in told
    assert advice in told
