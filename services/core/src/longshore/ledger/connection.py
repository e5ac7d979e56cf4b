"""The connection to the ledger's server: scripts by digest, errors by our names, nothing else."""

import queue
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from longshore.errors import LedgerFull, LedgerTooOld, LedgerUnavailable, NotReplicated, SchemaTooNew
from longshore.ledger.scripts import assemble, script_names

PREFIX: Final = "{longshore}"
"""Hash tag of every key, so that all of them live in one slot of a Redis Cluster."""

SCHEMA: Final = 1
"""Version of what is written. A ledger with a higher one is refused."""

MOST_ITEMS: Final = 500
"""Items a script takes at the most, so that none holds the server for more than a few milliseconds."""

_CONNECTIONS: Final = 64
"""Connections a process has open at the most. The server answers one at a time anyway."""

Argument = bytes | str | int | float
Call = tuple[str, Sequence[Argument]]
T = TypeVar("T")

_AWAY = (
    redis.ConnectionError,
    redis.TimeoutError,
    redis.exceptions.BusyLoadingError,
    redis.exceptions.ReadOnlyError,
)


class Connection:
    """Runs scripts and commands on the ledger's server.

    Every script may be sent again after an ambiguous answer: submissions are known by id and digest, runs by
    their token, claims by their lease. So a lost connection is tried once more before `LedgerUnavailable`.
    """

    def __init__(
        self, url: str, *, replicas: int = 0, timeout: float = 5.0, replaced: Mapping[str, str] | None = None
    ) -> None:
        self.url = _without_password(url)
        self._replicas = replicas
        self._texts = {name: assemble(name, replaced) for name in script_names()}
        self._digests: dict[str, str] = {}
        self._memory = (0.0, 0, 0)
        # Any: redis-py's annotations cannot know that answers come as bytes, and say `bytes | str` of all.
        # A pool that blocks: redis-py's usual one fails the hundred-and-first request of a moment.
        pool = redis.BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=timeout,
            socket_timeout=timeout,
            socket_connect_timeout=min(timeout, 2.0),
            socket_keepalive=True,
            health_check_interval=0,
            retry=Retry(NoBackoff(), 1),
            protocol=2,
        )
        self.redis: Any = redis.Redis.from_pool(pool)
        self.guard(self._greet)

    def close(self) -> None:
        """Close the connections."""
        self.redis.close()

    def run(self, name: str, *arguments: Argument) -> Any:
        """Run one script."""
        return self.run_all([(name, arguments)])[0]

    def run_all(
        self, calls: Sequence[Call], *, durable: bool = False, then: Sequence[Argument] = ()
    ) -> list[Any]:
        """Run scripts in order, and `then` a plain command, in one round trip.

        `durable` waits for the replicas that were asked for.
        """
        return self.guard(lambda: self._run_all(calls, durable, then))

    def run_slices(
        self, name: str, head: Sequence[Argument], items: Iterable[Sequence[Argument]], **how: Any
    ) -> list[Any]:
        """Run a script over items, `MOST_ITEMS` and 1 MiB of them at a call; the answers are joined."""
        answers: list[Any] = []
        for part in sliced(items):
            answers.extend(
                self.run_all([(name, [*head, *(field for item in part for field in item)])], **how)[0]
            )
        return answers

    def guard(self, act: Callable[[], T]) -> T:
        """Do `act`, with the client library's errors turned into ours."""
        try:
            return act()
        except _AWAY as error:
            raise LedgerUnavailable(url=self.url, reason=_reason(error)) from error
        except redis.exceptions.OutOfMemoryError as error:
            _, used, limit = self._read_memory()
            raise LedgerFull(used=used, limit=limit) from error
        except redis.ResponseError as error:
            if str(error).startswith(("MISCONF", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOREPLICAS")):
                raise LedgerUnavailable(url=self.url, reason=str(error)) from error
            raise

    def memory(self) -> tuple[int, int]:
        """Bytes that the server uses, and its maxmemory (0 is none), a second old at the most."""
        if time.monotonic() - self._memory[0] > 1.0:
            self._memory = self.guard(self._read_memory)
        return self._memory[1:]

    def refuse_if_full(self) -> None:
        """Raise `LedgerFull` from 85 % of maxmemory on, so that what was accepted can always finish."""
        used, limit = self.memory()
        if limit and used >= 0.85 * limit:
            raise LedgerFull(used=used, limit=limit)

    def _run_all(self, calls: Sequence[Call], durable: bool, then: Sequence[Argument]) -> list[Any]:
        for attempt in (1, 2):
            try:
                if len(calls) == 1 and not then and not (durable and self._replicas):
                    return [self._evaluate(self.redis, *calls[0])]
                pipeline = self.redis.pipeline(transaction=False)
                for call in calls:
                    self._evaluate(pipeline, *call)
                if then:
                    pipeline.execute_command(*then)
                if durable and self._replicas:
                    pipeline.execute_command("WAIT", self._replicas, 1000)
                answers: list[Any] = pipeline.execute()
            except redis.exceptions.NoScriptError:
                # A restarted server forgets scripts. What of a pipeline did run is known by its tokens.
                self._load_scripts()
                if attempt == 2:
                    raise
            else:
                if durable and self._replicas and (reached := answers.pop()) < self._replicas:
                    raise NotReplicated(reached=reached, wanted=self._replicas)
                return answers
        raise AssertionError

    def _evaluate(self, target: Any, name: str, arguments: Sequence[Argument]) -> Any:
        return target.evalsha(self._digests[name], 1, PREFIX, *arguments)

    def _greet(self) -> None:
        server = self.redis.info("server")
        version = str(server.get("valkey_version") or server["redis_version"])
        if int(version.partition(".")[0]) < 7:
            raise LedgerTooOld(server=server.get("server_name", "Redis"), version=version)
        key = f"{PREFIX}:schema"
        found = int(self.redis.get(key) or 0)
        if not found:  # Looked at first: a full ledger takes no writes, and is opened all the same.
            self.redis.set(key, SCHEMA, nx=True)
        if found > SCHEMA:
            raise SchemaTooNew(found=found, known=SCHEMA)
        self._load_scripts()

    def _load_scripts(self) -> None:
        for name, text in self._texts.items():
            self._digests[name] = str(self.redis.script_load(text))

    def _read_memory(self) -> tuple[float, int, int]:
        memory: Any = self.redis.info("memory")
        return time.monotonic(), int(memory["used_memory"]), int(memory["maxmemory"])


def sliced(
    items: Iterable[Sequence[Argument]], most_bytes: int = 1_000_000
) -> Iterable[list[Sequence[Argument]]]:
    """Parts of at most `MOST_ITEMS` items and about `most_bytes` of arguments; a larger item goes alone."""
    part: list[Sequence[Argument]] = []
    size = 0
    for item in items:
        weight = sum(len(field) for field in item if isinstance(field, bytes | str))
        if part and (len(part) == MOST_ITEMS or size + weight > most_bytes):
            yield part
            part, size = [], 0
        part.append(item)
        size += weight
    if part:
        yield part


def _reason(error: Exception) -> str:
    if isinstance(error.__context__, queue.Empty):  # redis-py says "No connection available."
        return f"all {_CONNECTIONS} connections of the process are in use; more is asked than it can do"
    return str(error).strip().rstrip(".") or type(error).__name__


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return parts._replace(netloc=f"{parts.username or ''}:***@{parts.netloc.rpartition('@')[2]}").geturl()
