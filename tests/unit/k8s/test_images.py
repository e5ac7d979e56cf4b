"""What images are made of is pinned: the base by whoever builds, uv by digests, its build backend with it."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DOCKERFILES = sorted(
    path
    for pattern in ("services/*/Dockerfile", "loadtest/Dockerfile", "k8s/*/Dockerfile")
    for path in ROOT.glob(pattern)
)
PROJECTS = sorted(
    path
    for path in [*ROOT.glob("services/*/pyproject.toml"), *ROOT.glob("*/pyproject.toml")]
    if "build-system" in tomllib.loads(path.read_text(encoding="utf-8"))
)
REQUIREMENTS = (ROOT / "build-requirements.txt").read_text(encoding="utf-8")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", DOCKERFILES, ids=_name)
def test_the_base_image_can_be_pinned_by_its_digest(path: Path) -> None:
    # When
    text = path.read_text(encoding="utf-8")

    # Then
    assert re.search(r"^ARG BASE=python:3\.13-slim$", text, flags=re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", text, flags=re.MULTILINE)) == {"$BASE"}


@pytest.mark.parametrize("path", DOCKERFILES, ids=_name)
def test_nothing_is_installed_that_has_no_digest(path: Path) -> None:
    # When
    text = path.read_text(encoding="utf-8")

    # Then pip takes only what has one, and uv only what is in the lock
    assert re.findall(r"pip install[^&\n]*", text) == [
        (
            "pip install --no-cache-dir --root-user-action=ignore --require-hashes"
            " --requirement build-requirements.txt"
        )
    ]
    assert all("--frozen" in line for line in text.splitlines() if "uv sync" in line)


@pytest.mark.parametrize("path", PROJECTS, ids=_name)
def test_a_distribution_is_built_by_the_backend_within_uv(path: Path) -> None:
    # Given
    found = re.search(r"^uv==(\S+) ", REQUIREMENTS, flags=re.MULTILINE)
    assert found is not None

    # When
    system = tomllib.loads(path.read_text(encoding="utf-8"))["build-system"]

    # Then no other version of it is fetched
    assert system["requires"] == [f"uv_build=={found[1]}"]


def test_every_requirement_has_digests() -> None:
    entries = re.sub(r"\\\n", "", REQUIREMENTS).splitlines()
    assert all("--hash=sha256:" in entry for entry in entries if not entry.startswith("#"))
    assert len(DOCKERFILES) == 6
    assert len(PROJECTS) == 8
