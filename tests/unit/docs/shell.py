"""The commands that the documents tell their reader to type."""

import re
import shlex
from dataclasses import dataclass
from typing import Final

from tests.unit.docs.blocks import Code, blocks, in_sentences

_ASSIGNMENT: Final = re.compile(r"\w+=")
_SUBSTITUTION: Final = re.compile(r"\$\(([^()]*)\)")
_OPENING: Final = {"do", "then", "{", "(", "uv", "run", "export"}
_ENDS: Final = set("();<>|&")


@dataclass(frozen=True)
class Command:
    """A program and its words. In a sentence (`whole` is false) required arguments may be left out."""

    place: Code
    words: tuple[str, ...]
    whole: bool

    def __str__(self) -> str:
        return f"{self.place} {shlex.join(self.words)}"


def commands(*programs: str) -> list[Command]:
    """The commands that call one of these programs; without any, all commands in blocks."""
    found = [Command(block, words, whole=True) for block in blocks("sh") for words in split(block.text)]
    if not programs:
        return found
    for code in in_sentences():
        words = next(iter(split(code.text)), ()) if code.text.startswith((*programs, "uv run ")) else ()
        found.append(Command(code, words, whole=False))
    return [command for command in found if command.words[:1] and command.words[0] in programs]


def split(text: str) -> list[tuple[str, ...]]:
    """The simple commands of a script, without assignments, redirections and what opens a compound one."""
    text = text.replace("\\\n", " ")
    found = [words for inner in _SUBSTITUTION.findall(text) for words in split(inner)]
    for line in _SUBSTITUTION.sub("VALUE", text).splitlines():
        words: list[str] = []
        for token in [*_tokens(line), ";"]:
            if not set(token) <= _ENDS:
                words.append(token)
            elif words:
                while words and (words[0] in _OPENING or _ASSIGNMENT.match(words[0])):
                    del words[0]
                if words:
                    found.append(tuple(words))
                words = []
    return found


def _tokens(line: str) -> list[str]:
    reader = shlex.shlex(line, posix=True, punctuation_chars="();<>|&")
    reader.whitespace_split = True
    return list(reader)
