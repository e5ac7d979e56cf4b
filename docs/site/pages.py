"""Which documents are pages of the site, and what becomes of their links to other files."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

DOCUMENTS: Final = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "docs/*.md",
    "docs/decisions/*.md",
    "docs/reference/*.md",
    "docs/reports/**/*.md",
    "docs/runbooks/*.md",
    "charts/longshore/README.md",
    "examples/requests/README.md",
    "k8s/README.md",
)

_LINK: Final = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)#\s]+)(#[^)\s]*)?\)")
_PICTURE: Final = re.compile(r'(?:src|srcset)="([^":]+)"')


def gather(root: Path, target: Path) -> None:
    """Write the pages of the repository `root`, and the files that they link to, below `target`.

    Each keeps its path, so that links work on the site as they do on GitHub. A link to a folder leads to its
    README; where there is none, the text is left without a link.
    """
    for document in (path for pattern in DOCUMENTS for path in sorted(root.glob(pattern))):
        text = document.read_text(encoding="utf-8")
        page = target / document.relative_to(root)
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(_with_links_to_pages(text, document.parent), encoding="utf-8")
        for file in _files(text, document.parent):
            place = target / file.resolve().relative_to(root.resolve())
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.read_bytes())


def _with_links_to_pages(text: str, folder: Path) -> str:
    """`text` of a document in `folder`, whose links to folders lead to a page or are none."""

    def link(found: re.Match[str]) -> str:
        mark, words, to, heading = found[1], found[2], found[3], found[4] or ""
        if "://" in to or not (folder / to).is_dir():
            return found[0]
        if (folder / to / "README.md").exists():
            return f"{mark}[{words}]({to.rstrip('/')}/README.md{heading})"
        return words

    return _LINK.sub(link, text)


def _files(text: str, folder: Path) -> Iterator[Path]:
    """The pictures and other files that are no pages, which a document in `folder` links to."""
    links = [found[3] for found in _LINK.finditer(text)] + _PICTURE.findall(text)
    for to in links:
        file = folder / to
        if "://" not in to and file.is_file() and file.suffix != ".md":
            yield file
