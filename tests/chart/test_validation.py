"""Values that do not go together are refused, with the key to change."""

from typing import Any

import pytest

from tests.chart.refusing import refusal

pytestmark = pytest.mark.chart


def _pool(name: str = "default", **values: Any) -> dict[str, Any]:
    return {"workers": {name: values}}


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a pool at zero without keda": (
        _pool(autoscaling={"min": 0}),
        "workers.default.autoscaling.min: 0 needs autoscaling.kind keda",
    ),
    "a pool at zero with hpa": (
        _pool(autoscaling={"kind": "hpa", "min": 0}),
        "workers.default.autoscaling.min: 0 needs autoscaling.kind keda",
    ),
    "zero by default, and a pool with hpa": (
        {
            "workerDefaults": {"autoscaling": {"min": 0}},
            "workers": {"default": {"autoscaling": {"kind": "hpa"}}},
        },
        "workerDefaults.autoscaling.min: 0 needs autoscaling.kind keda, but pool default has hpa",
    ),
    "replicas beside an autoscaler": (
        _pool(replicas=3, autoscaling={"kind": "keda"}),
        "workers.default.replicas: 3 is of no use with autoscaling.kind keda",
    ),
    "fewer at most than at least": (
        _pool(autoscaling={"kind": "hpa", "min": 5, "max": 4}),
        "workers.default.autoscaling.max: 4 is below autoscaling.min, 5",
    ),
    "hpa without a request": (
        _pool(autoscaling={"kind": "hpa"}, resources={"requests": {"cpu": None}}),
        "workers.default.resources.requests.cpu",
    ),
    "a load test by name": (
        {"loadtest": {"address": "host.test"}},
        "loadtest.address: host.test is no IP address",
    ),
    "a link that is no address": (
        {"links": {"grafana": "grafana.example.com"}},
        "links.grafana: it has to begin with http:// or https://",
    ),
    "a link among the settings": (
        {"settings": {"flower_url": "https://flower.example.com"}},
        "settings.flower_url: the chart sets it itself; use links.flower",
    ),
    "a name with capitals": (_pool("GPU"), "workers.GPU: a pool's name is made of a-z, 0-9 and -"),
    "a name that ends with a dash": (_pool("gpu-"), "workers.gpu-: a pool's name"),
    "a name that is too long": (_pool("x" * 60), "the name is too long"),
    "files without their ConfigMap": (
        _pool(tasks={"files": ["a.py"]}),
        "workers.default.tasks.configMap: tasks.files names files, but not the ConfigMap",
    ),
    "a ConfigMap without files": (
        _pool(tasks={"configMap": "mine"}),
        "workers.default.tasks.files: name the keys of ConfigMap mine",
    ),
    "a file that is no Python": (
        _pool(tasks={"configMap": "mine", "files": ["a.txt"]}),
        "workers.default.tasks.files: a.txt does not end in .py",
    ),
    "no broker": ({"rabbitmq": {"enabled": False}}, "rabbitmq.external.url: rabbitmq.enabled is false"),
    "users without their Secret": (
        {"redis": {"enabled": False, "external": {"url": "redis://a", "users": True}}},
        "redis.external.users: name the Secret",
    ),
    "no ledger": ({"redis": {"enabled": False}}, "redis.external.url: redis.enabled is false"),
    "two brokers": (
        {"rabbitmq": {"external": {"url": "amqp://a"}}},
        "rabbitmq.enabled: it must be false for rabbitmq.external to be used",
    ),
    "two ledgers": (
        {"redis": {"external": {"existingSecret": "mine"}}},
        "redis.enabled: it must be false for redis.external to be used",
    ),
    "a broker by URL and by Secret": (
        {"rabbitmq": {"enabled": False, "external": {"url": "amqp://a", "existingSecret": "b"}}},
        "rabbitmq.external: url and existingSecret are both set",
    ),
    "a ledger by URL and by Secret": (
        {"redis": {"enabled": False, "external": {"url": "redis://a", "existingSecret": "b"}}},
        "redis.external: url and existingSecret are both set",
    ),
    "a broker that is none": (
        {"rabbitmq": {"enabled": False, "external": {"url": "http://a"}}},
        "rabbitmq.external.url: it begins with amqp://",
    ),
    "a ledger that is none": (
        {"redis": {"enabled": False, "external": {"url": "a:6379"}}},
        "redis.external.url: it begins with redis://",
    ),
    "more memory than the pod has": (
        {"redis": {"maxmemory": "2gb"}},
        "redis.maxmemory: 2gb is above the pod's limit, redis.resources.limits.memory: 1Gi",
    ),
    "a size that is none": ({"redis": {"maxmemory": "much"}}, "redis.maxmemory: much is no size like 768mb"),
    "memory without end": ({"redis": {"maxmemory": "0"}}, "redis.maxmemory: without a limit of its own"),
    "an open broker without a certificate": (
        {"rabbitmq": {"tls": {"serviceType": "NodePort"}}},
        "rabbitmq.tls.secret: rabbitmq.tls.serviceType opens the TLS port",
    ),
    "an open ledger without a certificate": (
        {"redis": {"tls": {"serviceType": "LoadBalancer"}}},
        "redis.tls.secret: redis.tls.serviceType opens the TLS port",
    ),
    "a node's port inside of the cluster": (
        {"redis": {"tls": {"secret": "a", "nodePort": 30000}}},
        "redis.tls.nodePort: it needs redis.tls.serviceType NodePort",
    ),
    "the API's port on a node, inside of the cluster": (
        {"api": {"service": {"nodePort": 30000}}},
        "api.service.nodePort: it needs api.service.type NodePort",
    ),
    "remote workers without TLS": (
        {"networkPolicy": {"remoteWorkers": ["10.0.0.0/8"]}},
        "networkPolicy.remoteWorkers: remote workers come by TLS",
    ),
    "a route from no gateway": (
        {"api": {"httpRoute": {"enabled": True}}},
        "api.httpRoute.parentRefs: name the gateway",
    ),
    "an Ingress for no host": (
        {"api": {"ingress": {"enabled": True, "host": ""}}},
        "api.ingress.host: name the host",
    ),
    "a key that nobody asks for": (
        {"auth": {"enabled": False, "existingSecret": "mine"}},
        "auth.existingSecret: it is of no use while auth.enabled is false",
    ),
    "a broker by setting": (
        {"settings": {"broker": "amqp://a"}},
        "settings.broker: the chart sets it itself; use rabbitmq.external",
    ),
    "tasks by setting": (
        _pool(settings={"tasks": "mine"}),
        "workers.default.settings.tasks: the chart sets it itself; use workers.<pool>.tasks",
    ),
    "a port by setting": (
        {"api": {"settings": {"host": "::"}}},
        "api.settings.host: the chart sets it itself",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_does_not_go_together_is_refused_with_the_key_to_change(wrong: str) -> None:
    # Given
    values, words = WRONG[wrong]

    # Then
    assert words in refusal(values)


def test_all_complaints_come_at_once() -> None:
    # When
    said = refusal({"redis": {"enabled": False}, "rabbitmq": {"enabled": False}})

    # Then
    assert "redis.external.url" in said
    assert "rabbitmq.external.url" in said
