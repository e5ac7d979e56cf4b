"""What a linter of best practices says of the rendered chart; charts/checkov.yaml has the exceptions."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.chart.combinations import COMBINATIONS
from tests.chart.rendering import CHART, program, render

pytestmark = pytest.mark.chart


def _checkov() -> list[str]:
    """Checkov, run by uv in an environment of its own: its needs are not ours."""
    found = shutil.which("checkov")
    if found:
        return [found]
    return [os.environ.get("UV") or program("uv"), "tool", "run", "checkov==3.3.30"]


@pytest.mark.timeout(600)  # the first time it is fetched
def test_checkov_has_nothing_to_say(tmp_path: Path) -> None:
    # Given
    for name in COMBINATIONS.keys() - {"no limits"}:  # whose limits are missing by choice
        objects = render(COMBINATIONS[name]).objects
        (tmp_path / f"{name}.yaml").write_text("\n---\n".join(json.dumps(one) for one in objects))

    # When
    done = subprocess.run(
        [*_checkov(), "--config-file", str(CHART.parent / "checkov.yaml"), "--directory", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    # Then
    assert done.returncode == 0, done.stdout + done.stderr
