"""Every object is what Kubernetes' own schemas say; helm's linter agrees."""

import json
import subprocess

import pytest

from tests.chart.combinations import COMBINATIONS
from tests.chart.rendering import CHART, program, render, run_helm
from tests.chart.schemas import KUBERNETES, write_custom_schemas, write_schemas

pytestmark = pytest.mark.chart

CUSTOM = {"HTTPRoute", "PodMonitor", "Probe", "ServiceMonitor", "PrometheusRule", "ScaledObject"}
"""Kinds that only a cluster has schemas of; without one they are left out."""


@pytest.fixture(scope="module", params=KUBERNETES)
def schemas(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Where kubeconform finds the schemas of a version of Kubernetes, and what it has none of."""
    folder = tmp_path_factory.mktemp("schemas")
    unknown = CUSTOM - write_custom_schemas(folder)
    return ["-schema-location", write_schemas(folder, request.param), "-skip", ",".join(sorted(unknown))]


@pytest.mark.parametrize("combination", COMBINATIONS)
def test_every_object_fits_its_schema(schemas: list[str], combination: str) -> None:
    # Given
    kubeconform = program("kubeconform")
    objects = render(COMBINATIONS[combination]).objects

    # When
    done = subprocess.run(
        [kubeconform, "-strict", "-summary", *schemas, "-"],
        input="\n---\n".join(json.dumps(one) for one in objects),
        capture_output=True,
        text=True,
        check=False,
    )

    # Then
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("helm", ["helm", "helm3"])
@pytest.mark.parametrize("combination", COMBINATIONS)
def test_helms_linter_has_nothing_to_say(combination: str, helm: str) -> None:
    # When
    said = run_helm("lint", "--strict", str(CHART), values=COMBINATIONS[combination], helm=helm)

    # Then
    assert "0 chart(s) failed" in said


@pytest.mark.parametrize("combination", COMBINATIONS)
def test_helm_3_and_4_render_the_same(combination: str) -> None:
    # Given
    values = COMBINATIONS[combination]

    # When
    new, old = (render(values, helm=helm).objects for helm in ("helm", "helm3"))

    # Then
    without_secrets = [[_shape(one) for one in objects if one["kind"] != "Secret"] for objects in (new, old)]
    assert without_secrets[0] == without_secrets[1]


def _shape(one: dict[str, object]) -> str:
    """An object without the checksums of passwords, which are others each time."""
    text = json.dumps(one, sort_keys=True)
    return "\n".join(part for part in text.split(",") if "checksum/secrets" not in part)
