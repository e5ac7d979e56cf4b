"""The routes, a blueprint a file. A page of HTML, event streams and schedules get files of their own here."""

from flask_openapi.blueprint import APIBlueprint

from longshore_api.routes import (
    batches,
    bulk,
    catalogue,
    docs,
    health,
    metrics,
    queues,
    stats,
    status,
    tasks,
    workers,
)

BLUEPRINTS: tuple[APIBlueprint, ...] = (
    tasks.blueprint,
    bulk.blueprint,
    batches.blueprint,
    queues.blueprint,
    workers.blueprint,
    catalogue.blueprint,
    stats.blueprint,
    status.blueprint,
    health.blueprint,
    metrics.blueprint,
    docs.blueprint,
)
