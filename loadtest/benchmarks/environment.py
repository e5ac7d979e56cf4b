"""Where figures were measured: without it they mean nothing."""

import os
import platform
from importlib.metadata import version
from typing import Any

from loadtest.benchmarks.options import Options
from loadtest.benchmarks.servers import Servers, connect


def describe(options: Options, found: Servers) -> dict[str, Any]:
    """Versions, settings and the machine."""
    with found.redis() as client:
        server: dict[str, Any] = client.info("server")
        persistence = client.config_get("append*")
    fsync = persistence["appendfsync"] if persistence["appendonly"] == "yes" else "no append-only file"
    facts: dict[str, Any] = {
        "python": platform.python_version(),
        "celery": version("celery"),
        "redis": server.get("valkey_version") or server["redis_version"],
        "fsync": fsync,
    }
    if found.rabbitmq_url:
        with connect(found.rabbitmq_url) as connection:
            facts["rabbitmq"] = connection.server_properties["version"]
        facts["queues"] = found.queue_type
    one, five, _ = os.getloadavg()
    return facts | {
        "concurrency": options.concurrency,
        "cores": os.cpu_count(),
        "load before": f"{one:.1f} (1 min) {five:.1f} (5 min)",
        "quick": options.quick,
    }
