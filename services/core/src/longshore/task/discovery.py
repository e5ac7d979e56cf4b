"""How a process finds its tasks: modules, files, and installed packages that announce themselves."""

import os
import sys
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module, metadata
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeVar

from longshore.errors import TasksNotLoaded
from longshore.task.decorator import Task, preferred, registry

T = TypeVar("T")

ENTRY_POINTS: Final = "longshore.tasks"
"""The entry-point group by which an installed distribution announces its task modules."""


def load_tasks(
    sources: Iterable[str], *, without_tasks: Callable[[str], None] | None = None
) -> dict[str, Task[..., Any]]:
    """Import what defines tasks, as a worker does when it starts.

    Installed packages that announce tasks (entry points of the group `longshore.tasks`) are always loaded. Of
    their tasks, those whose names the sources have taken are set aside.

    Args:
        sources: Dotted modules, and paths of .py files. Those in the working directory are found, as Python
            finds a script's neighbours.
        without_tasks: Called with each source that has no tasks. Default: nothing is done about them.

    Returns:
        All tasks of this process, by name.

    Raises:
        TasksNotLoaded: Importing a source failed. The message names the source; the cause is the error.
    """
    _find_in(Path.cwd())
    for source in sources:
        before = len(registry)
        module = _load(source, partial(_import, source))
        # It may have been imported by an earlier one, and its tasks with it.
        if len(registry) == before and not any(isinstance(value, Task) for value in vars(module).values()):
            (without_tasks or _ignore)(source)
    preferred.update(registry)
    for entry in metadata.entry_points(group=ENTRY_POINTS):
        _load(f"entry point {entry.name} = {entry.value}", entry.load)
    return registry


def _ignore(source: str) -> None:
    pass


def _load(source: str, load: Callable[[], T]) -> T:
    try:
        return load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # A user's module may raise anything, and may call sys.exit.
        reason = f"{type(error).__name__}: {error}"
        raise TasksNotLoaded(source=source, reason=reason) from error


def _import(source: str) -> ModuleType:
    if not source.endswith(".py"):
        return import_module(source)
    return _import_file(Path(os.path.expanduser(source)).resolve())  # noqa: PTH111 - raises for no strange ~


def _import_file(path: Path) -> ModuleType:
    name = path.stem
    known = sys.modules.get(name)
    if known is not None and getattr(known, "__file__", None) == str(path):
        return known
    if known is not None or _is_elsewhere(name, path):  # The module json stays what it is beside a json.py.
        name = f"longshore_tasks_{name}"
        known = sys.modules.get(name)
        if known is not None and getattr(known, "__file__", None) == str(path):
            return known
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


def _is_elsewhere(name: str, path: Path) -> bool:
    """Whether `import name` means another module than this file, one that nobody has imported yet."""
    if name in sys.stdlib_module_names:
        return True
    try:
        found = find_spec(name)
    except (ImportError, ValueError):
        return False
    return found is not None and found.origin is not None and Path(found.origin).resolve() != path


def _find_in(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.append(str(folder))  # Last: a neighbour never shadows what is installed.
