"""Where the services of tests come from."""

import pytest

from tests.services import sources
from tests.services.sources import Source, source


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine without Docker, without servers, and no Debian to install them."""
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv(sources.FORCE, raising=False)
    monkeypatch.setattr(sources, "docker_answers", lambda: False)
    monkeypatch.setattr(sources, "binary", lambda _: None)
    monkeypatch.setattr("shutil.which", lambda _: None)
    return monkeypatch


def test_docker_comes_before_binaries(bare: pytest.MonkeyPatch) -> None:
    # Given
    bare.setattr(sources, "docker_answers", lambda: True)
    bare.setattr(sources, "binary", lambda name: f"/usr/bin/{name}")

    # Then
    assert source() is Source.DOCKER


def test_binaries_are_taken_where_docker_does_not_answer(bare: pytest.MonkeyPatch) -> None:
    # Given
    bare.setattr(sources, "binary", lambda name: f"/usr/bin/{name}")

    # Then
    assert source() is Source.BINARIES


def test_the_environment_may_choose(bare: pytest.MonkeyPatch) -> None:
    # Given
    bare.setattr(sources, "docker_answers", lambda: True)
    bare.setattr(sources, "binary", lambda name: f"/usr/bin/{name}")
    bare.setenv(sources.FORCE, "binaries")

    # Then
    assert source() is Source.BINARIES


def test_a_laptop_without_any_skips_and_names_the_four_ways(bare: pytest.MonkeyPatch) -> None:
    with pytest.raises(pytest.skip.Exception, match=r"RABBITMQ_URL.*Docker.*rabbitmq-server.*Debian"):
        source()


def test_ci_without_any_fails(bare: pytest.MonkeyPatch) -> None:
    # Given
    bare.setenv("CI", "true")

    # Then
    with pytest.raises(pytest.fail.Exception, match="RABBITMQ_URL"):
        source()
