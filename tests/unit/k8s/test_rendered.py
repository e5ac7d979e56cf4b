"""helm accepts every values file, alone and with those it is meant to be used with."""

import os
import shutil
import subprocess

import pytest

from tests.unit.k8s.test_files import OURS, ROOT

TOGETHER = [("values-eks", "keda/longshore"), ("values-kind", "prometheus/longshore")]
pytestmark = pytest.mark.chart
SETS = [*((name,) for name in OURS), *TOGETHER]


@pytest.mark.parametrize("names", SETS, ids=" ".join)
def test_the_chart_takes_the_values(names: tuple[str, ...]) -> None:
    # Given
    helm = shutil.which("helm")
    if helm is None:
        if os.environ.get("CI"):
            pytest.fail("no helm on PATH")
        pytest.skip("no helm on PATH")
    files = [word for name in names for word in ("--values", str(ROOT / "k8s" / f"{name}.yaml"))]

    # When
    words = [helm, "template", "longshore", str(ROOT / "charts/longshore"), *files]
    done = subprocess.run(words, capture_output=True, text=True, check=False)

    # Then
    assert done.returncode == 0, done.stderr
