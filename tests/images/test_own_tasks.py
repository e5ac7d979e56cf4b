"""A user's tasks: copied into an image of theirs, or mounted as files."""

from collections.abc import Callable
from pathlib import Path

from longshore_ledger import Ledger
from tests.images.conftest import Build
from tests.images.part import Part
from tests.services.container import docker

TASKS = '''"""My tasks."""

from longshore import task


@task
def greet(name: str) -> str:
    """Greet somebody."""
    return f"Hello, {name}"
'''
Run = Callable[..., Part]


def _folder(path: Path) -> Path:
    path.mkdir()
    path.chmod(0o755)
    file = path / "my_tasks.py"
    file.write_text(TASKS, encoding="utf-8")
    file.chmod(0o644)
    return path


def test_an_image_made_from_ours_has_its_own_tasks_and_the_examples(
    image: Build, run: Run, ledger: Ledger, ledger_url: str, tmp_path: Path
) -> None:
    # Given: the Dockerfile of docs/kubernetes.md
    folder = _folder(tmp_path / "mine")
    dockerfile = f"FROM {image('longshore-worker')}\nCOPY my_tasks.py ./\nENV LONGSHORE_TASKS=my_tasks\n"
    (folder / "Dockerfile").write_text(dockerfile, encoding="utf-8")
    docker("build", "--quiet", "--network", "host", "--tag", "longshore-worker-mine:test", str(folder))

    # When
    job = run("longshore-worker-mine:test", ["--publish-catalogue"], env={"LONGSHORE_LEDGER": ledger_url})

    # Then
    assert job.exit_status() == 0
    assert {"greet", "add"} <= set(ledger.catalogue.read())


def test_tasks_mounted_as_files_are_found(
    image: Build, run: Run, ledger: Ledger, ledger_url: str, tmp_path: Path
) -> None:
    # When: mounted as a ConfigMap would be
    job = run(
        image("longshore-worker"),
        ["--publish-catalogue"],
        env={"LONGSHORE_LEDGER": ledger_url, "LONGSHORE_TASKS": "/tasks/my_tasks.py"},
        mounts={_folder(tmp_path / "tasks"): "/tasks"},
    )

    # Then
    assert job.exit_status() == 0
    assert "greet" in ledger.catalogue.read()
