"""What the README shows does what it says."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.services.ports import free_port
from tests.services.processes import Processes
from tests.services.waiting import Eventually

README = Path(__file__).parents[3] / "README.md"


@pytest.fixture
def blocks() -> list[str]:
    """The README's Python, in order: the task, then the client."""
    return re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_the_readme_s_client_gets_the_readme_s_task_done(
    tmp_path: Path, blocks: list[str], processes: Processes, eventually: Eventually
) -> None:
    # Given
    task, client = blocks
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    (tmp_path / "my_tasks.py").write_text(task)
    (tmp_path / "names.txt").write_text("Ada\nGrace 2\n")
    up = f"up --port {port} --data {tmp_path}/data --tasks {tmp_path}/my_tasks.py"
    processes.start("cli", *up.split())
    eventually(lambda: "greet" in _answer(f"{url}/v1/catalogue"), within=60)

    # When
    done = subprocess.run(
        [sys.executable, "-c", client.replace("http://127.0.0.1:5000", url)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    # Then
    assert done.stdout.splitlines() == ["Hello, Ada", "Hello, Ada", "Hello, Hello, Grace"], done.stderr


def _answer(url: str) -> str:
    try:
        return httpx.get(url, trust_env=False).raise_for_status().text
    except httpx.HTTPError as error:
        raise AssertionError(error) from error
