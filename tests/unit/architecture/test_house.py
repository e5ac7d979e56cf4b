"""The house rules of CONTRIBUTING.md that a machine can see."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SERVICES = {path.name: path for path in sorted(ROOT.glob("services/*/src/*")) if path.is_dir()}
LOADTEST = ROOT / "loadtest/src/longshore_loadtest"
MAY_IMPORT = {
    "longshore": set[str](),
    "longshore_ledger": {"longshore"},
    "longshore_broker": {"longshore", "longshore_ledger"},
    "longshore_api": {"longshore", "longshore_ledger"},
    "longshore_scheduler": {"longshore", "longshore_ledger", "longshore_broker"},
    "longshore_worker": {"longshore", "longshore_ledger", "longshore_broker"},
    "longshore_cli": {
        "longshore",
        "longshore_ledger",
        "longshore_broker",
        "longshore_api",
        "longshore_scheduler",
        "longshore_worker",
    },
}
# What would drag a service's libraries into what users install, or the broker into the API.
FORBIDDEN = {
    "longshore": {"amqp", "celery", "flask", "gevent", "gunicorn", "kombu", "redis", "rich", "typer"},
    "longshore_ledger": {"amqp", "celery", "flask", "kombu"},
    "longshore_broker": {"celery", "flask"},
    "longshore_api": {"amqp", "celery", "kombu"},
    "longshore_scheduler": {"celery", "flask"},
    "longshore_worker": {"flask"},
}
SOURCES = [
    path
    for folder in ("services", "examples/src", "tests", "loadtest", "docs")
    for suffix in ("py", "lua")
    for path in sorted((ROOT / folder).rglob(f"*.{suffix}"))
    if "node_modules" not in path.parts
]


def _imports(package: str) -> Iterator[tuple[Path, str]]:
    for path in SERVICES[package].rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name.partition(".")[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield path, node.module.partition(".")[0]


def _modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_dependencies_point_one_way(package: str) -> None:
    # When
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path, name in _imports(package)
        if (name in MAY_IMPORT and name not in MAY_IMPORT[package] | {package})
        or name in FORBIDDEN.get(package, ())
    }

    # Then
    assert wrong == set()


def test_every_service_has_its_place_in_the_order() -> None:
    assert set(SERVICES) == set(MAY_IMPORT)


def test_only_settings_reads_the_environment() -> None:
    # Given
    readers = {
        path.relative_to(ROOT).as_posix()
        for package in (*SERVICES.values(), LOADTEST)
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in ("environ", "getenv")
        and ast.unparse(node.value) != "request"  # a request has an environment of its own
    }

    # Then: beside it, only what hands the environment on to a child, or puts it back after a task
    assert readers <= {
        "services/core/src/longshore/settings.py",
        "services/cli/src/longshore_cli/delegate.py",
        "services/cli/src/longshore_cli/up/part.py",
        "services/worker/src/longshore_worker/execution/surroundings.py",
        "loadtest/src/longshore_loadtest/run/child.py",
    }


def test_the_load_tests_know_an_installation_from_outside_alone() -> None:
    """What checks Longshore must not be checked by Longshore's own inner parts."""
    # When
    inside = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in LOADTEST.rglob("*.py")
        for name in _modules(path)
        if name.startswith(
            tuple(f"{one}{end}" for one in SERVICES if one != "longshore" for end in ("", "."))
        )
    }

    # Then
    assert inside == set()


def test_what_runs_in_a_worker_does_not_patch_it() -> None:
    """Locust patches whoever imports it."""
    # When
    patchers = {
        path.relative_to(ROOT).as_posix()
        for folder in ("marks", "history", "verify", "faults", "targets", "report")
        for path in (LOADTEST / folder).rglob("*.py")
        if any(name.partition(".")[0] in ("locust", "gevent") for name in _modules(path))
    }

    # Then
    assert patchers == set()


def test_a_file_is_one_idea() -> None:
    # When
    long = {
        f"{path.relative_to(ROOT)}: {lines} lines"
        for path in SOURCES
        if (lines := path.read_text(encoding="utf-8").count("\n")) > 500
    }

    # Then
    assert long == set()


def test_no_file_is_called_nothing_in_particular() -> None:
    vague = {"util", "utils", "common", "helper", "helpers", "misc", "manager"}
    assert [path for path in SOURCES if vague & set(path.relative_to(ROOT).with_suffix("").parts)] == []


def test_no_test_sleeps() -> None:
    # When
    sleepers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests").rglob("test_*.py")  # tasks, in other files, may
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("time.sleep", "sleep")
    }

    # Then
    assert sleepers == set()


def test_what_npm_locked_comes_from_whatever_registry_is_set() -> None:
    # When
    locks = [path for path in ROOT.rglob("package-lock.json") if "node_modules" not in path.parts]

    # Then
    assert len(locks) == 2
    assert [path for path in locks if '"resolved"' in path.read_text(encoding="utf-8")] == []
