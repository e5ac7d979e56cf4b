"""Mutants of the Lua scripts, read from `<script>.txt`.

    - text in the script, exactly as it is there and there only once (several lines: several `-`)
    + what takes its place; nothing where there is no `+`
    ! test_starting.py::test_a_copy_is_started_once      the sentence that must fail then

A condition that no sentence can tell from its absence is marked `=` in place of `!`, with the reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import longshore_ledger

HERE = Path(__file__).parent
LUA = Path(longshore_ledger.__file__).parent / "lua"


def scripts() -> dict[str, str]:
    """The text of every script and include, by its name."""
    return {path.stem: path.read_text("utf-8") for path in sorted(LUA.rglob("*.lua"))}


@dataclass
class Mutant:
    """One change to one script or include."""

    script: str
    line: int
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    killer: str = ""
    equal: str = ""

    def __str__(self) -> str:
        return f"{self.script}.txt:{self.line}"

    def text(self) -> str:
        """The script with the change in it."""
        whole, old = scripts()[self.script], "\n".join(self.old)
        assert whole.count(old) == 1, f"{self}: {old!r} is {whole.count(old)} times in {self.script}.lua"
        return whole.replace(old, "\n".join(self.new))


def mutants() -> list[Mutant]:
    """All of them."""
    return [mutant for name in scripts() for mutant in _read(name)]


def _read(script: str) -> Iterator[Mutant]:
    path = HERE / f"{script}.txt"
    mutant = None
    for number, line in enumerate(path.read_text("utf-8").splitlines() if path.exists() else (), 1):
        mark, text = line[:1], line[2:]
        if mark == "-" and (mutant is None or mutant.killer or mutant.equal):
            mutant = Mutant(script, number)
        assert (mark in "-+!=" and mutant) or not line, f"{path.name}:{number}: {line}"
        match mark, mutant:
            case "-", Mutant():
                mutant.old.append(text)
            case "+", Mutant():
                mutant.new.append(text)
            case "!", Mutant():
                mutant.killer = text
                yield mutant
            case "=", Mutant():
                mutant.equal = text
                yield mutant
