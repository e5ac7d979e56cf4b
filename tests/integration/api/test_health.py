"""Health over HTTP, with the ledger there and away."""

import threading

import pytest
from flask.testing import FlaskClient

from longshore.settings import Settings
from longshore_api import create_app
from longshore_ledger import Ledger
from tests.services.ports import free_port
from tests.services.runner import Server
from tests.services.waiting import Eventually


@pytest.fixture
def lonely() -> FlaskClient:
    """A client of an API whose ledger was never there."""
    return create_app(Settings(ledger=f"redis://127.0.0.1:{free_port()}/0")).test_client()


def test_all_is_well(client: FlaskClient) -> None:
    # When
    health = client.get("/healthz").json

    # Then
    assert health is not None
    assert (health["status"], health["ledger"]) == ("ok", "ok")
    assert client.get("/readyz").status_code == 200


def test_without_a_ledger_the_api_serves_and_says_so(lonely: FlaskClient) -> None:
    # When
    health, ready = lonely.get("/healthz"), lonely.get("/readyz")

    # Then
    assert (health.status_code, ready.status_code) == (200, 200)
    assert health.json is not None
    assert health.json["status"] == "degraded"


@pytest.mark.parametrize("path", ["/v1/tasks", "/v1/queues", "/v1/catalogue", "/v1/stats", "/status/all"])
def test_without_a_ledger_a_route_that_needs_it_says_when_to_come_again(
    lonely: FlaskClient, path: str
) -> None:
    # When
    answer = lonely.get(path)

    # Then
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert answer.mimetype == "application/problem+json"


def test_an_api_finds_the_ledger_that_comes_back(own_redis: Server) -> None:
    # Given an API that has met its ledger
    client = create_app(Settings(ledger=own_redis.url)).test_client()
    assert client.get("/v1/tasks").status_code == 200

    # When
    own_redis.kill()

    # Then
    assert client.get("/v1/tasks").status_code == 503

    # When
    own_redis.start()

    # Then
    assert client.get("/v1/tasks").status_code == 200


def test_more_requests_than_connections_to_the_ledger_wait_their_turn(
    client: FlaskClient, catalogued: Ledger, eventually: Eventually
) -> None:
    # Given a moment in which every connection is in use
    pool = catalogued.connection.redis.connection_pool
    busy = [pool.get_connection() for _ in range(pool.max_connections)]
    statuses: list[int] = []
    waiting = threading.Thread(
        target=lambda: statuses.append(client.application.test_client().get("/v1/tasks").status_code)
    )
    waiting.start()
    eventually(lambda: pool.pool.not_empty._waiters)
    assert statuses == []

    # When one of them is free again
    for connection in busy:
        pool.release(connection)

    # Then
    waiting.join(10)
    assert statuses == [200]
