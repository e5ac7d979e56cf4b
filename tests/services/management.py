"""RabbitMQ's management API, as far as tests ask it."""

from typing import Any
from urllib.parse import quote

import httpx


class Management:
    """One server's management API, with the user `guest` unless told otherwise."""

    def __init__(self, url: str, user: str = "guest", password: str = "guest") -> None:
        self.url = url
        self.user = user
        self._auth = (user, password)

    def running(self) -> bool:
        """True when the server takes AMQP connections; raises httpx.HTTPError when it does not answer."""
        listeners = self._ask("GET", "overview").json().get("listeners", [])
        return any(listener["protocol"] == "amqp" for listener in listeners)

    def version(self) -> str:
        """Return the server's version, like 4.3.6."""
        return str(self._ask("GET", "overview").json()["rabbitmq_version"])

    def make_vhost(self, name: str) -> None:
        """Make a virtual host that our user may do everything in."""
        self._ask("PUT", f"vhosts/{quote(name, safe='')}", json={})
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        self._ask("PUT", f"permissions/{quote(name, safe='')}/{self.user}", json=everything)

    def drop_vhost(self, name: str) -> None:
        """Delete a virtual host with all that is in it; its connections are closed."""
        self._ask("DELETE", f"vhosts/{quote(name, safe='')}")

    def limit_queues(self, vhost: str, most: int) -> None:
        """Let a virtual host have so many queues and no more, as `rabbitmqctl set_vhost_limits` does."""
        self._ask("PUT", f"vhost-limits/{quote(vhost, safe='')}/max-queues", json={"value": most})

    def queues(self, vhost: str = "/") -> list[str]:
        """Return the names of a virtual host's queues."""
        return [queue["name"] for queue in self._ask("GET", f"queues/{quote(vhost, safe='')}").json()]

    def drop_queues(self, vhost: str = "/") -> list[str]:
        """Delete every queue of a virtual host and return their names."""
        names = self.queues(vhost)
        for name in names:
            self._ask("DELETE", f"queues/{quote(vhost, safe='')}/{quote(name, safe='')}")
        return names

    def prefetches(self, vhost: str = "/") -> list[int]:
        """Return the prefetch of each consumer of a virtual host."""
        consumers: list[dict[str, Any]] = self._ask("GET", f"consumers/{quote(vhost, safe='')}").json()
        return [int(one["prefetch_count"]) for one in consumers]

    def close_connections(self, vhost: str | None = None) -> int:
        """Close the clients' connections as an operator would, and return how many."""
        connections: list[dict[str, Any]] = self._ask("GET", "connections").json()
        found = [one["name"] for one in connections if vhost in (None, one.get("vhost"))]
        for name in found:
            self._ask("DELETE", f"connections/{quote(name, safe='')}")
        return len(found)

    def _ask(self, method: str, path: str, json: object = None) -> httpx.Response:
        answer = httpx.request(
            method, f"{self.url}/api/{path}", json=json, auth=self._auth, timeout=10, trust_env=False
        )
        return answer.raise_for_status()
