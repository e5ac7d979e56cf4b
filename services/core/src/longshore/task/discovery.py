"""How a process finds its tasks: modules, files, and installed packages that announce themselves."""

import sys
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module, metadata
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from longshore.errors import TasksNotLoaded
from longshore.task.decorator import Task, registry

ENTRY_POINTS: Final = "longshore.tasks"
"""The entry-point group by which an installed distribution announces its task modules."""


def load_tasks(sources: Iterable[str]) -> dict[str, Task[..., Any]]:
    """Import what defines tasks and return the registry.

    A source is a dotted module or the path of a .py file; modules and files in the working directory are
    found, as Python itself finds a script's neighbours. Installed entry points are always loaded.
    Raises TasksNotLoaded, which names the source and keeps the error it met as its cause.
    """
    _find_in(Path.cwd())
    for source in sources:
        _load(source, partial(_import, source))
    for entry in metadata.entry_points(group=ENTRY_POINTS):
        _load(f"entry point {entry.name} = {entry.value}", entry.load)
    return registry


def _load(source: str, load: Callable[[], object]) -> None:
    try:
        load()
    except Exception as error:  # A user's module may raise anything.
        reason = f"{type(error).__name__}: {error}"
        raise TasksNotLoaded(source=source, reason=reason) from error


def _import(source: str) -> ModuleType:
    return _import_file(Path(source).resolve()) if source.endswith(".py") else import_module(source)


def _import_file(path: Path) -> ModuleType:
    name = path.stem
    known = sys.modules.get(name)
    if known is not None and known.__file__ == str(path):
        return known
    if known is not None:  # A file may be called json.py; the module json stays what it is.
        name = f"longshore_tasks_{name}"
    spec = spec_from_file_location(name, path)
    assert spec, "a path that ends in .py always has a loader"
    assert spec.loader
    module = module_from_spec(spec)
    _find_in(path.parent)
    sys.modules[name] = module  # Before it runs: type hints are looked up there.
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _find_in(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.append(str(folder))  # Last: a neighbour never shadows what is installed.
