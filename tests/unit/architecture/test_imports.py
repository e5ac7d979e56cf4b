"""Imports point one way: no circle anywhere, and an order among the worker's packages."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

from tests.unit.architecture.test_house import SERVICES

WORKER: Final = "longshore_worker"
ORDER: Final = ("execution", "dispatch", "celery_adapter", "")
"""Of the worker's packages, each may import those before it; last is what is in none."""
CELERY: Final = {"amqp", "billiard", "celery", "kombu", "vine"}


def _sources() -> dict[str, Path]:
    """Every module of the services, by its name."""
    found = {}
    for package in SERVICES.values():
        for path in package.rglob("*.py"):
            parts = path.relative_to(package.parent).with_suffix("").parts
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


MODULES: Final = _sources()


def _imported(module: str) -> Iterator[str]:
    """What a module imports, wherever it says so: for types alone and in functions, too."""
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{module} imports relatively"
            assert not node.level, f"{module} imports relatively"
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                yield name if name in MODULES else node.module


def _package(module: str) -> str:
    """The package of the worker's that a module is in, or is."""
    name = module.removeprefix(f"{WORKER}.").partition(".")[0]
    return name if name in ORDER else ""


def test_no_import_goes_round_in_a_circle() -> None:
    # Given
    graph = {module: {name for name in _imported(module) if name in MODULES} for module in MODULES}

    # When
    try:
        TopologicalSorter(graph).prepare()
        circle: list[str] = []
    except CycleError as error:
        circle = error.args[1]

    # Then
    assert circle == []


def test_the_workers_packages_import_one_way() -> None:
    # When
    wrong = {
        f"{module} imports {name}"
        for module in MODULES
        if module.partition(".")[0] == WORKER and module != WORKER
        for name in _imported(module)
        if name.startswith(f"{WORKER}.") and ORDER.index(_package(name)) > ORDER.index(_package(module))
    }

    # Then
    assert wrong == set()
    assert {_package(module) for module in MODULES if module.startswith(f"{WORKER}.")} == set(ORDER)


def test_celery_and_its_libraries_are_imported_by_their_adapter_alone() -> None:
    # When
    outside = {
        f"{module} imports {name}"
        for module in MODULES
        if module.partition(".")[0] == WORKER and _package(module) != "celery_adapter"
        for name in _imported(module)
        if name.partition(".")[0] in CELERY
    }

    # Then
    assert outside == set()
