"""The pages of the site that `make docs-site` builds."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from docs.generate import DOCS
from docs.site.pages import gather

ROOT = DOCS.parent


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    for name, text in {
        "docs/tasks.md": "",
        "k8s/README.md": "",
        "k8s/values.yaml": "a: 1",
        "services/api/main.py": "",
        "docs/pictures/page.png": "",
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("written", "on_the_site"),
    [
        ("[tasks](docs/tasks.md#a)", "[tasks](docs/tasks.md#a)"),
        ("[cluster](k8s/)", "[cluster](k8s/README.md)"),
        ("[`api`](services/api)", "`api`"),
        ("[elsewhere](https://example.com/)", "[elsewhere](https://example.com/)"),
    ],
)
def test_a_link_leads_to_a_page_or_is_none(repository: Path, written: str, on_the_site: str) -> None:
    # Given
    (repository / "README.md").write_text(written, encoding="utf-8")

    # When
    gather(repository, repository / "pages")

    # Then
    assert (repository / "pages" / "README.md").read_text(encoding="utf-8") == on_the_site


@pytest.mark.parametrize(
    ("written", "file"),
    [
        ("[values](k8s/values.yaml)", "k8s/values.yaml"),
        ('<img src="docs/pictures/page.png">', "docs/pictures/page.png"),
    ],
)
def test_a_file_that_a_page_links_to_comes_along(repository: Path, written: str, file: str) -> None:
    # Given
    (repository / "README.md").write_text(written, encoding="utf-8")

    # When
    gather(repository, repository / "pages")

    # Then
    assert (repository / "pages" / file).read_bytes() == (repository / file).read_bytes()


def test_every_document_is_in_the_navigation() -> None:
    # Given
    config = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))

    # When
    listed = set(_pages(config["project"]["nav"]))

    # Then
    documents = {
        path.relative_to(ROOT).as_posix() for path in [*DOCS.glob("*.md"), *DOCS.glob("reference/*.md")]
    }
    assert documents <= listed


def _pages(entries: Any) -> Iterator[str]:
    match entries:
        case str():
            yield entries
        case dict():
            yield from _pages(list(entries.values()))
        case list():
            for entry in entries:
                yield from _pages(entry)
