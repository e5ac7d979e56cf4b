"""Regular expressions take time in proportion to what they read, whatever that is.

A pattern that goes back over it for every character takes hours for a megabyte, and no thread of its process
runs meanwhile.
"""

import importlib
import multiprocessing
import re
from collections.abc import Callable, Iterator
from types import BuiltinMethodType, ModuleType
from typing import Any, Final

import pytest

from tests.unit.architecture.test_house import SERVICES

MEGABYTE: Final = 1_000_000
METHODS: Final = ("search", "match", "fullmatch")
LITERAL: Final = re.compile(r"\\?([^\\\[\](){}|*+?^$])")


def _modules() -> Iterator[ModuleType]:
    """Those that compile a pattern; the import of some others changes the process."""
    for package in SERVICES.values():
        for path in sorted(package.rglob("*.py")):
            if "re.compile(" in path.read_text(encoding="utf-8"):
                parts = path.relative_to(package.parent).with_suffix("").parts
                yield importlib.import_module(".".join(parts).removesuffix(".__init__"))


def _patterns() -> dict[str, Callable[[Any], object]]:
    """What is compiled once for all, by its module and name: a method that is used, or all of them."""
    found: dict[str, Callable[[Any], object]] = {}
    for module in _modules():
        for name, value in vars(module).items():
            # By its very type: Flask's proxies raise when they are asked for anything.
            if issubclass(type(value), BuiltinMethodType) and type(value.__self__) is re.Pattern:
                found[f"{module.__name__}.{name}"] = value
            elif type(value) is re.Pattern:
                for method in METHODS:
                    found[f"{module.__name__}.{name}.{method}"] = getattr(value, method)
    return found


def _worst(pattern: re.Pattern[Any]) -> Iterator[Any]:
    """A megabyte of each thing that the pattern speaks of, and of some others, with odd ends."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    units = dict.fromkeys(["1", "a", " ", '"', '""', "1.", "//:", "\n", ",", "é", *LITERAL.findall(source)])
    for unit in units:
        for begin, end in (("", ""), ("", "\x00"), ('"', "x"), ("1", "!")):
            text = begin + unit * (MEGABYTE // len(unit)) + end
            yield text if isinstance(pattern.pattern, str) else text.encode("latin-1", "replace")


def _read_all(name: str) -> None:
    use: Any = _patterns()[name]
    for text in _worst(use.__self__):
        use(text)


def test_no_pattern_goes_back_over_what_it_has_read() -> None:
    # Given
    names = sorted(_patterns())
    assert any(name.startswith("longshore.lines.cells.") for name in names)
    context = multiprocessing.get_context("fork")

    for name in names:
        # When: in a process, for nothing else stops a pattern
        process = context.Process(target=_read_all, args=(name,))
        process.start()
        process.join(60)

        # Then
        if process.is_alive():
            process.kill()
            process.join()
            pytest.fail(f"{name} goes back over what it has read")
        assert process.exitcode == 0, name
