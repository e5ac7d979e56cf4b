"""When a part is ready: what it is asked, and by what it shows."""

import http.client
import socket
from contextlib import suppress
from urllib.parse import urlsplit

import redis

from longshore_ledger import Ledger


def answers_ping(url: str) -> bool:
    """Whether a Valkey serves: while it still loads its data it answers, but not so."""
    server = redis.Redis.from_url(url, socket_timeout=2.0, socket_connect_timeout=2.0)
    try:
        return bool(server.ping())
    except redis.RedisError:
        return False
    finally:
        server.close()


def serves_http(url: str, path: str) -> bool:
    """Whether a GET is answered with 200."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=2.0)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def accepts(host: str, port: int) -> bool:
    """Whether something listens there."""
    with suppress(OSError), socket.create_connection((host, port), timeout=2.0):
        return True
    return False


def worker_beats(ledger: Ledger, pid: int | None) -> bool:
    """Whether the worker of this process has told the ledger of itself."""
    return any(worker.alive and worker.info.get("pid") == pid for worker in ledger.views.workers())


def last_report(ledger: Ledger) -> object:
    """When a scheduler last told the ledger about the broker, or that it is away; None if none ever did."""
    return ledger.maintenance.broker().get("", {}).get("at")
