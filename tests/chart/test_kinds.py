"""Every object is what Kubernetes' own schemas say; helm's linter agrees."""

import json
import os
import subprocess

import pytest

from tests.chart.combinations import COMBINATIONS
from tests.chart.rendering import CHART, program, render, run_helm
from tests.chart.schemas import KUBERNETES, location

pytestmark = pytest.mark.chart

CUSTOM = "HTTPRoute,PodMonitor,ServiceMonitor,PrometheusRule,ScaledObject"
"""Kinds that only a cluster has schemas of; LONGSHORE_TEST_CRD_SCHEMAS says where, as kubeconform does."""


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("combination", COMBINATIONS)
def test_every_object_fits_its_schema(combination: str, version: str) -> None:
    # Given
    kubeconform = program("kubeconform")
    given = os.environ.get("LONGSHORE_TEST_CRD_SCHEMAS")
    custom = ["-schema-location", given] if given else ["-skip", CUSTOM]
    objects = render(COMBINATIONS[combination]).objects

    # When
    done = subprocess.run(
        [kubeconform, "-strict", "-summary", "-schema-location", location(version), *custom, "-"],
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
