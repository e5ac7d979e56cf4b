"""The routes, a blueprint a file. Schedules get a file of their own here."""

from flask_openapi.blueprint import APIBlueprint

from longshore_api.routes import (
    batches,
    bulk,
    catalogue,
    docs,
    events,
    health,
    metrics,
    queues,
    sessions,
    several,
    stats,
    status,
    tasks,
    workers,
)

BLUEPRINTS: tuple[APIBlueprint, ...] = (
    tasks.blueprint,
    bulk.blueprint,
    several.blueprint,
    batches.blueprint,
    queues.blueprint,
    workers.blueprint,
    catalogue.blueprint,
    stats.blueprint,
    events.blueprint,
    sessions.blueprint,
    status.blueprint,
    health.blueprint,
    metrics.blueprint,
    docs.blueprint,
)
