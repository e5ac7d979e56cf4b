"""The ways between parts that can be cut or made bad: the server first, its client second."""

from typing import Final

INSIDE: Final = (
    *("redis:api", "redis:scheduler", "redis:worker"),
    *("rabbitmq:scheduler", "rabbitmq:worker", "rabbitmq:flower"),
)
"""docs/architecture.md has the same arrows."""
CLIENT: Final = "api:client"
"""From whoever submits to the API. Only a proxy can make that bad."""
WAYS: Final = (*INSIDE, CLIENT)
