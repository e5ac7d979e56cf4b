"""What an installation prints: where to click next, and what is off."""

import re
import shutil
from typing import Any, Protocol

import pytest

from tests.chart.rendering import CHART, render

pytestmark = pytest.mark.chart


class Notes(Protocol):
    def __call__(self, values: dict[str, Any]) -> str: ...


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Notes:
    """The notes; only an installation prints them, so a copy of the chart makes them an object."""
    chart = shutil.copytree(CHART, tmp_path_factory.mktemp("chart") / "longshore")
    text = (chart / "templates" / "NOTES.txt").read_text(encoding="utf-8")
    (chart / "templates" / "_notes.tpl").write_text(f'{{{{ define "notes" }}}}{text}{{{{ end }}}}')
    (chart / "templates" / "notes.yaml").write_text(
        'kind: Notes\nmetadata: {name: longshore-notes}\ntext: {{ include "notes" . | toJson }}\n'
    )
    return lambda values: str(render(values, chart=chart).one("Notes", "notes")["text"])


def test_notes_say_where_to_click_next_and_how_to_read_the_key(notes: Notes) -> None:
    # When
    said = notes({})

    # Then
    assert re.search(r"^  the page, .* port-forward svc/longshore-api 5000:5000$", said, flags=re.MULTILINE)
    assert "port-forward svc/longshore-flower 5555:5555" in said
    assert "port-forward svc/longshore-rabbitmq 15672:15672" in said
    assert "get secret longshore-secrets -o jsonpath='{.data.admin-key}'" in said


WARNINGS: dict[str, dict[str, Any]] = {
    "auth.enabled": {"auth": {"enabled": False}},
    "api.ingress.tlsSecret is empty": {"api": {"ingress": {"enabled": True}}},
    "api.service.type NodePort": {"api": {"service": {"type": "NodePort"}}},
    "redis.external.users": {"redis": {"enabled": False, "external": {"url": "rediss://h/0"}}},
    "redis.external.url begins with redis://": {
        "redis": {"enabled": False, "external": {"url": "redis://h/0"}}
    },
    "rabbitmq.external.url begins with amqp://": {
        "rabbitmq": {"enabled": False, "external": {"url": "amqp://h/v"}}
    },
    "networkPolicy.enabled": {"networkPolicy": {"enabled": False}},
    "redis.persistence.enabled": {"redis": {"persistence": {"enabled": False}}},
    "redis.appendfsync is everysec": {"redis": {"appendfsync": "everysec"}},
    "redis.maxmemory leaves less than a quarter": {"redis": {"maxmemory": "1000mb"}},
    "redis.resources.limits.memory is not set": {"redis": {"resources": {"limits": None}}},
    "rabbitmq.persistence.enabled": {"rabbitmq": {"persistence": {"enabled": False}}},
    "scheduler.deletionCost": {"scheduler": {"deletionCost": False}},
    "podDisruptionBudgets.enabled": {"podDisruptionBudgets": {"enabled": False}},
    "workers is empty": {"workers": {"default": None}},
    "workers.default.replicas is 0": {"workers": {"default": {"replicas": 0}}},
    "workers.gpu.queues is empty": {"workers": {"gpu": {"autoscaling": {"kind": "keda"}}}},
}


@pytest.mark.parametrize("warning", WARNINGS)
def test_notes_warn_of_what_is_off(notes: Notes, warning: str) -> None:
    assert f"- {warning}" in notes(WARNINGS[warning])
    assert f"- {warning}" not in notes({})


def test_one_of_each_is_said_to_be_one(notes: Notes) -> None:
    # When
    alone = notes({})
    several = notes({"api": {"replicas": 2}, "scheduler": {"replicas": 2}, "rabbitmq": {"replicas": 3}})

    # Then
    for part in ("api", "scheduler", "rabbitmq"):
        assert f"- {part}.replicas is 1" in alone
        assert f"- {part}.replicas is 1" not in several
