"""Values that tests of the chart render with."""

from typing import Any, Final

EVERYTHING: Final[dict[str, Any]] = {
    "api": {
        "replicas": 3,
        "ingress": {"enabled": True, "className": "nginx", "host": "shore.test", "tlsSecret": "api-tls"},
        "httpRoute": {"enabled": True, "parentRefs": [{"name": "gateway"}], "hostnames": ["shore.test"]},
        "service": {"type": "NodePort", "nodePort": 30500},
    },
    "links": {
        "flower": "https://flower.test",
        "rabbitmq": "https://mq.test/ui",
        "grafana": "https://grafana.test/d/shore?orgId=1",
    },
    "scheduler": {"replicas": 2},
    "loadtest": {"enabled": True, "faketime": True},
    "workers": {
        "by-backlog": {"queues": ["a", "b"], "autoscaling": {"kind": "keda", "min": 0, "max": 5}},
        "by-processor": {"autoscaling": {"kind": "hpa"}},
        "by-hand": {"replicas": None},
        "with-files": {"tasks": {"configMap": "my-tasks", "files": ["my_tasks.py"]}, "replicas": 2},
    },
    "rabbitmq": {"replicas": 3, "tls": {"secret": "shore-tls", "serviceType": "NodePort", "nodePort": 30671}},
    "redis": {"tls": {"secret": "shore-tls", "serviceType": "LoadBalancer"}},
    "networkPolicy": {
        "apiFrom": [{"namespaceSelector": {"matchLabels": {"name": "ingress"}}}],
        "pagesFrom": [{"namespaceSelector": {"matchLabels": {"name": "people"}}}],
        "remoteWorkers": ["198.51.100.0/24"],
        "apiServer": ["192.0.2.1/32"],
        "workerEgress": [{"to": [{"ipBlock": {"cidr": "203.0.113.0/24"}}]}],
    },
    "monitoring": {
        "serviceMonitor": {"enabled": True},
        "prometheusRule": {"enabled": True},
        "dashboards": {"enabled": True},
    },
}
"""Values with all that can be on together."""

COMBINATIONS: Final[dict[str, dict[str, Any]]] = {
    "the defaults": {},
    "everything on": EVERYTHING,
    "a broker and a ledger of one's own": {
        "rabbitmq": {"enabled": False, "external": {"url": "amqps://u:p@mq.test:5671/shore"}},
        "redis": {"enabled": False, "external": {"url": "rediss://:p@redis.test:6380/0"}},
    },
    "both, from Secrets": {
        "rabbitmq": {"enabled": False, "external": {"existingSecret": "mine"}},
        "redis": {"enabled": False, "external": {"existingSecret": "mine"}},
        "networkPolicy": {"externalServices": ["198.51.100.0/24"]},
    },
    "a load test from outside": {
        "loadtest": {"enabled": True, "address": "198.51.100.7"},
        "monitoring": {"serviceMonitor": {"enabled": True}},
    },
    "passwords of one's own": {
        "auth": {"existingSecret": "mine"},
        "rabbitmq": {"existingSecret": "mine"},
        "redis": {"existingSecret": "mine"},
    },
    "nothing that can be off": {
        "auth": {"enabled": False},
        "flower": {"enabled": False},
        "workers": {"default": None},
        "scheduler": {"deletionCost": False},
        "rabbitmq": {"persistence": {"enabled": False}},
        "redis": {"persistence": {"enabled": False}, "appendfsync": "everysec"},
        "networkPolicy": {"enabled": False},
        "podDisruptionBudgets": {"enabled": False},
    },
    "everybody placed": {
        part: {
            "nodeSelector": {"disk": "fast"},
            "tolerations": [{"key": "ours", "operator": "Exists"}],
            "affinity": {"nodeAffinity": {}},
            "priorityClassName": "high",
            "podLabels": {"team": "shore"},
            "podAnnotations": {"note": "1"},
        }
        for part in ("api", "scheduler", "workerDefaults", "flower", "rabbitmq", "redis")
    },
    "images from elsewhere": {
        "image": {"registry": "registry.test/team", "tag": "1.2.3", "pullSecrets": ["pull"]},
        "api": {"image": {"digest": "sha256:" + "0" * 64}},
    },
    "no limits": {
        "rabbitmq": {"resources": {"limits": None}},
        "redis": {"resources": {"limits": None}},
        "workerDefaults": {"resources": None},
    },
}
"""Each by what it is about."""
