"""An upgrade of Celery or its libraries that moves what the adapter rests on fails here, not in a worker."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from longshore_worker import celery_adapter
from longshore_worker.celery_adapter.private_names import PRIVATE_NAMES, PrivateName

HERE: Final = Path(celery_adapter.__file__).parent
LIBRARIES: Final = ("amqp.", "billiard.", "celery.", "kombu.")
LISTED: Final = {listed.name for listed in PRIVATE_NAMES}


def _owner(listed: PrivateName) -> Any:
    module, _, name = listed.owner.partition(":")
    found = importlib.import_module(module)
    return getattr(found, name) if name else found


def _parameters(function: Any) -> str:
    names = (str(one.replace(default=one.empty, annotation=one.empty)) for one in _signature(function))
    return f"({', '.join(names)})"


def _signature(function: Any) -> Iterable[inspect.Parameter]:
    return inspect.signature(inspect.unwrap(function)).parameters.values()


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def _classes() -> Iterator[type]:
    """The adapter's own."""
    for module in pkgutil.iter_modules([str(HERE)]):
        name = f"{celery_adapter.__name__}.{module.name}"
        for found in vars(importlib.import_module(name)).values():
            if isinstance(found, type) and found.__module__ == name:
                yield found


def _used(tree: ast.AST) -> set[str]:
    """Private names that a file speaks of, but for those that it makes itself."""
    used, made = set[str](), set[str]()
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(names=names):
                used |= {alias.name for alias in names}
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                made.add(name)
            case ast.Attribute(attr=name):
                used.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                made.add(name)
            case _:
                pass
    return {name for name in used - made if _is_private(name)}


@pytest.mark.parametrize("listed", PRIVATE_NAMES, ids=lambda one: f"{one.owner}.{one.name}")
def test_what_we_use_of_theirs_is_where_it_was(listed: PrivateName) -> None:
    # Given
    owner = _owner(listed)

    # Then
    if listed.shape.startswith("("):
        assert _parameters(getattr(owner, listed.name)) == listed.shape
    else:
        assert listed.shape in inspect.getsource(owner)
        assert listed.name in listed.shape


def test_whatever_private_name_of_theirs_is_used_is_listed() -> None:
    # When
    used = {
        f"{path.name}: {name}"
        for path in HERE.glob("*.py")
        for name in _used(ast.parse(path.read_text(encoding="utf-8"))) - LISTED
    }

    # Then
    assert used == set()


def test_whatever_private_name_of_theirs_is_overridden_is_listed() -> None:
    # When: ours that they have, too, be it by accident
    overridden = {
        f"{ours.__qualname__}.{name}"
        for ours in _classes()
        for theirs in ours.__mro__
        if theirs.__module__.startswith(LIBRARIES)
        for name in vars(ours).keys() & vars(theirs).keys()
        # Functions alone: Celery itself sets attributes of a task's class.
        if _is_private(name) and name not in LISTED and inspect.isfunction(vars(ours)[name])
    }

    # Then
    assert overridden == set()
