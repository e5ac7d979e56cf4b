"""What is in an image, and what is not."""

import pytest

from tests.images.catalogue import FOLDERS, LIMITS
from tests.images.conftest import Build
from tests.images.part import described
from tests.images.sizes import over_base
from tests.services.container import docker

TOOLS = ("pip", "pip3", "uv", "gcc", "cc", "make", "git", "node", "npm")
every_image = pytest.mark.parametrize("name", FOLDERS)


def _shell(image: str, script: str) -> str:
    return docker("run", "--rm", "--network", "none", "--entrypoint", "sh", image, "-c", script)


@every_image
def test_an_image_runs_as_nobody_and_by_its_own_first_process(image: Build, name: str) -> None:
    # When
    config = described(image(name))

    # Then
    assert config["User"] == "10001:10001"
    assert config["Entrypoint"][0] != "/bin/sh"
    assert config.get("Healthcheck") is None


@every_image
def test_an_image_says_what_it_is(image: Build, name: str) -> None:
    # When
    labels = described(image(name))["Labels"]

    # Then
    assert labels["org.opencontainers.image.title"] == name
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert {"description", "version", "revision"} <= {label.rpartition(".")[2] for label in labels}


@every_image
def test_nothing_that_builds_is_left_inside(image: Build, name: str) -> None:
    # When
    found = _shell(image(name), f"for tool in {' '.join(TOOLS)}; do command -v $tool; done; true")

    # Then
    assert found == ""
    assert _shell(image(name), "python -m pip --version 2>/dev/null || echo no pip") == "no pip"


@every_image
def test_whoever_gets_in_can_change_nothing_of_it(image: Build, name: str) -> None:
    # When: what is writable although nothing was mounted there; /tmp and its like are everybody's
    script = (
        "find / -xdev -writable ! -type l 2>/dev/null | grep -vE '^/(tmp|var/tmp|run/lock|dev|proc)(/|$)'"
    )

    # Then
    assert _shell(image(name), f"{script}; true") == ""


@every_image
def test_every_module_is_compiled_already(image: Build, name: str) -> None:
    # Then: a read-only root could not keep what Python compiles, and would compile it at each start
    script = "set -- .venv/lib/python3.*/site-packages/longshore/__pycache__/*.pyc; test -e $1 && echo yes"
    assert _shell(image(name), f"cd /app; {script}") == "yes"


@pytest.mark.parametrize("name", LIMITS)
def test_an_image_is_no_larger_than_promised(image: Build, name: str) -> None:
    assert over_base(image(name)) <= LIMITS[name]


def test_the_page_is_in_the_image_of_the_api(image: Build) -> None:
    # When
    script = "cd /app/.venv/lib/python3.*/site-packages/longshore_api/web; cat built/manifest.json"

    # Then
    assert '"page.js": "page-' in _shell(image("longshore-api"), script)
