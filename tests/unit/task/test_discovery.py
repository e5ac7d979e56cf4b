"""Tasks are found in modules, in files and in installed packages."""

import importlib
import importlib.metadata
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from longshore.errors import TasksNotLoaded
from longshore.task import load_tasks

_TASK = "from longshore import task\n\n@task\ndef {name}(a: int) -> int:\n    return a\n"


def _nothing(*, group: str) -> tuple[()]:
    return ()


@pytest.fixture(autouse=True)
def _nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.entry_points", _nothing)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working directory; what is imported from it is forgotten."""
    known, path = set(sys.modules), list(sys.path)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    sys.path[:] = path
    for name in set(sys.modules) - known:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def test_a_dotted_module_is_found_in_the_working_directory(folder: Path) -> None:
    package = folder / "longshore_test_app"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "jobs.py").write_text(_TASK.format(name="from_module"))

    assert set(load_tasks(["longshore_test_app.jobs"])) == {"from_module"}


def test_a_file_is_found_by_its_path_with_its_neighbours_and_is_loaded_once(folder: Path) -> None:
    # Given a file elsewhere that imports its neighbour, and uses hints as strings
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "longshore_test_units.py").write_text("Number = int | float\n")
    (elsewhere / "longshore_test_tasks.py").write_text(
        "from __future__ import annotations\nfrom longshore_test_units import Number\n"
        + _TASK.format(name="from_file").replace(": int", ": Number")
    )

    # When it is loaded twice
    first = dict(load_tasks(["elsewhere/longshore_test_tasks.py"]))
    second = dict(load_tasks([str(elsewhere / "longshore_test_tasks.py")]))

    # Then its task is there, the same one
    assert first["from_file"] is second["from_file"]
    assert first["from_file"].call(2) == 2


def test_a_file_may_be_called_as_a_module_that_is_loaded_already(folder: Path) -> None:
    import json

    (folder / "json.py").write_text(_TASK.format(name="from_json"))

    assert set(load_tasks(["json.py"])) == {"from_json"}
    assert sys.modules["json"] is json


@pytest.mark.parametrize("name", ["imaplib", "longshore_test_library"])
def test_a_file_never_stands_in_for_a_module_that_is_imported_later(folder: Path, name: str) -> None:
    # Given a module that nobody has imported yet, of the standard library or installed
    library = folder / "library"
    library.mkdir()
    (library / "longshore_test_library.py").touch()
    sys.path.append(str(library))
    sys.modules.pop(name, None)

    # When
    file = folder / f"{name}.py"
    file.write_text(_TASK.format(name="from_file"))
    loaded = set(load_tasks([file.name]))

    # Then
    assert loaded == {"from_file"}
    assert importlib.import_module(name).__file__ != str(file)
    assert set(load_tasks([file.name])) == {"from_file"}


def test_a_source_without_tasks_is_told(folder: Path) -> None:
    # Given
    (folder / "longshore_test_some.py").write_text(_TASK.format(name="some"))
    (folder / "longshore_test_again.py").write_text("from longshore_test_some import some\n")
    (folder / "longshore_test_none.py").touch()
    told: list[str] = []

    # When
    sources = ["longshore_test_some.py", "longshore_test_again.py", "longshore_test_none.py"]
    load_tasks(sources, without_tasks=told.append)

    # Then
    assert told == ["longshore_test_none.py"]


def test_a_task_of_ones_own_sets_an_installed_one_of_its_name_aside(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    (folder / "longshore_test_mine.py").write_text(_TASK.format(name="add").replace("a\n", "a + 1\n"))
    (folder / "longshore_test_theirs.py").write_text(_TASK.format(name="add") + _TASK.format(name="other"))
    entry = importlib.metadata.EntryPoint("it", "longshore_test_theirs", "longshore.tasks")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: (entry,))

    # When
    tasks = load_tasks(["longshore_test_mine.py"])

    # Then
    assert set(tasks) == {"add", "other"}
    assert tasks["add"].call(1) == 2


def test_installed_packages_announce_theirs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "longshore_test_installed.py").write_text(_TASK.format(name="installed"))
    entry = importlib.metadata.EntryPoint("it", "longshore_test_installed", "longshore.tasks")
    groups = {"longshore.tasks": (entry,)}
    monkeypatch.setattr("importlib.metadata.entry_points", lambda *, group: groups[group])

    assert set(load_tasks([])) == {"installed"}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("no_such_module", "no_such_module: ModuleNotFoundError: No module named 'no_such_module'"),
        ("no_such_file.py", "no_such_file.py: FileNotFoundError: "),
        ("broken.py", "broken.py: SyntaxError: "),
        ("failing.py", "failing.py: ZeroDivisionError: division by zero"),
        ("ending.py", "ending.py: SystemExit: 0"),
        ("refused.py", r"refused.py: InvalidTask: f: \*a: name each parameter"),
    ],
)
def test_what_cannot_be_loaded_is_named_with_its_reason(folder: Path, source: str, reason: str) -> None:
    (folder / "broken.py").write_text("def\n")
    (folder / "failing.py").write_text("1 / 0\n")
    (folder / "ending.py").write_text("import sys; sys.exit(0)\n")
    (folder / "refused.py").write_text("from longshore import task\n@task\ndef f(*a): ...\n")

    with pytest.raises(TasksNotLoaded, match=reason) as refused:
        load_tasks([source])
    assert refused.value.__cause__ is not None
    assert source.removesuffix(".py") not in sys.modules
