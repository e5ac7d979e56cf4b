"""The code in the documents: fenced blocks, code in the middle of a sentence, and examples in docstrings."""

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from docs.generate import DOCS
from docs.site.pages import DOCUMENTS

ROOT: Final = DOCS.parent
_OF_THE_PAST: Final = re.compile(r"docs/decisions/|docs/reports/.+/|CHANGELOG")
_FENCE: Final = re.compile(r"^```(?P<language>\S*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_EXAMPLE: Final = re.compile(r"^ *```(?P<language>\S*)\n(?P<text>.*?)^ *```$", re.DOTALL | re.MULTILINE)
_INLINE: Final = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Code:
    """Code at a place of a document; `language` is that of its block, and empty in a sentence."""

    document: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"


def blocks(*languages: str) -> list[Code]:
    """The blocks in these languages; without any, all blocks."""
    return [
        Code(name, _line(text, found), found["language"], found["text"])
        for name, text in _documents()
        for found in _FENCE.finditer(text)
        if not languages or found["language"] in languages
    ]


def in_sentences() -> list[Code]:
    """What stands between single backquotes."""
    return [
        Code(name, _line(text, found), "", found[1])
        for name, text in _documents()
        for found in _INLINE.finditer(_FENCE.sub(lambda block: "\n" * block[0].count("\n"), text))
    ]


def in_docstrings() -> list[Code]:
    """The examples in the docstrings of the library."""
    return [
        Code(path.relative_to(ROOT).as_posix(), number, found["language"], textwrap.dedent(found["text"]))
        for path in sorted((ROOT / "services").glob("core/src/longshore/**/*.py"))
        for number, text in _docstrings(path)
        for found in _EXAMPLE.finditer(text)
    ]


def _docstrings(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and (
            text := ast.get_docstring(node)
        ):
            yield node.body[0].lineno, text


def _documents() -> Iterator[tuple[str, str]]:
    for path in (path for pattern in DOCUMENTS for path in sorted(ROOT.glob(pattern))):
        name = path.relative_to(ROOT).as_posix()
        if not _OF_THE_PAST.match(name):
            yield name, path.read_text(encoding="utf-8")


def _line(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start()) + 1
