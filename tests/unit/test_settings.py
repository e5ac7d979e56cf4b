"""A setting that is wrong stops the process, with its name."""

import pytest

from longshore.settings import load_settings


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
