"""The connection to the ledger's server: scripts by digest, errors by our names, nothing else."""

import queue
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from longshore.address import without_password
from longshore.certificates import connection_failure
from longshore.errors import LedgerFull, LedgerTooOld, LedgerUnavailable, NotReplicated, SchemaTooNew
from longshore_ledger.memory import Memory
from longshore_ledger.replies import is_about_an_item, is_from_the_wrong_server, is_of_another_type
from longshore_ledger.scripts import assemble, script_names

PREFIX: Final = "{longshore}"
"""Hash tag of every key, so that all of them live in one slot of a Redis Cluster."""

SCHEMA: Final = 1
"""Version of what is written. A ledger with a higher one is refused."""

MOST_ITEMS: Final = 500
"""Items a script takes at the most, so that none holds the server for more than a few milliseconds."""

_CONNECTIONS: Final = 64
"""Connections a process has open at the most. The server answers one at a time anyway."""

_REPLICA_MS: Final = 1000
"""How long replicas may take to confirm, ms."""

Argument = bytes | str | int | float
Call = tuple[str, Sequence[Argument]]
T = TypeVar("T")

_AWAY = (redis.ConnectionError, redis.TimeoutError, redis.exceptions.InvalidResponse)


class Connection:
    """Runs scripts and commands on the ledger's server.

    `may_evict` opens a ledger that may delete what it is told, which is refused otherwise.

    Every script may be sent again after an ambiguous answer: submissions are known by id and digest, runs by
    their token, claims by their lease. So a lost connection is tried once more before `LedgerUnavailable`.
    """

    def __init__(
        self,
        url: str,
        *,
        replicas: int = 0,
        timeout: float = 5.0,
        replaced: Mapping[str, str] | None = None,
        may_evict: bool = False,
    ) -> None:
        self.url = without_password(url)
        self._replicas = replicas
        self._may_evict = may_evict
        self._texts = {name: assemble(name, replaced) for name in script_names()}
        self._digests: dict[str, str] = {}
        self.memory = Memory(lambda: self.guard(lambda: self.redis.info("memory")))
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

    def run(self, name: str, *arguments: Argument, durable: bool = False) -> Any:
        """Run one script; see `run_all`."""
        return self.run_all([(name, arguments)], durable=durable)[0]

    def run_all(
        self, calls: Sequence[Call], *, durable: bool = False, then: Sequence[Argument] = ()
    ) -> list[Any]:
        """Run scripts in order, and `then` a plain command, in one round trip.

        `durable` waits for the replicas that were asked for: whatever a user or a worker is told is done.
        A script that fails on its data raises redis.ResponseError; every other error reply,
        LedgerUnavailable.
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
        """Do `act`, with the client library's errors turned into ours.

        Raises `LedgerUnavailable` for everything that is not about an item: see `ledger.replies`.
        """
        try:
            return act()
        except redis.exceptions.OutOfMemoryError as error:
            used, limit = self.memory.usage()
            raise LedgerFull(used=used, limit=limit) from error
        except (*_AWAY, redis.ResponseError) as error:
            if is_from_the_wrong_server(error):
                self._renew_connections()
            if is_about_an_item(error):
                raise
            raise LedgerUnavailable(url=self.url, reason=_reason(error)) from error

    def _run_all(self, calls: Sequence[Call], durable: bool, then: Sequence[Argument]) -> list[Any]:
        """Each remedy is tried once: what of a pipeline did run is known by its tokens."""
        tried: list[Callable[[], None]] = []
        while True:
            try:
                return self._send(calls, durable and self._replicas > 0, then)
            except redis.RedisError as error:
                remedy = self._remedy(error)
                if remedy is None or remedy in tried:
                    raise
                tried.append(remedy)
                remedy()

    def _remedy(self, error: Exception) -> Callable[[], None] | None:
        if isinstance(error, redis.exceptions.NoScriptError):  # a restarted server, or another one
            return self._load_scripts
        return self._renew_connections if is_from_the_wrong_server(error) else None

    def _send(self, calls: Sequence[Call], waits: bool, then: Sequence[Argument]) -> list[Any]:
        if len(calls) == 1 and not then and not waits:
            return [self._evaluate(self.redis, *calls[0])]
        pipeline = self.redis.pipeline(transaction=False)
        for call in calls:
            self._evaluate(pipeline, *call)
        if then:
            pipeline.execute_command(*then)
        if waits:
            # WAIT is about the writes of its own connection. Asked again on a new one, a call that is known
            # already writes nothing, and WAIT would say at once that every replica has it.
            self._evaluate(pipeline, "mark", [])
            pipeline.execute_command("WAIT", self._replicas, _REPLICA_MS)
        # Not raised by the pipeline: that would put the command, with its arguments, before the reply.
        answers: list[Any] = pipeline.execute(raise_on_error=False)
        answers = [None if is_of_another_type(answer) else answer for answer in answers]
        errors = [answer for answer in answers if isinstance(answer, redis.RedisError)]
        if errors:
            raise next((error for error in errors if not is_about_an_item(error)), errors[0])
        if waits:
            _, reached = answers.pop(-2), answers.pop()
            if reached < self._replicas:
                raise NotReplicated(reached=reached, wanted=self._replicas)
        return answers

    def _evaluate(self, target: Any, name: str, arguments: Sequence[Argument]) -> Any:
        return target.evalsha(self._digests[name], 1, PREFIX, *arguments)

    def _greet(self) -> None:
        server = self.redis.info("server")
        version = str(server.get("valkey_version") or server["redis_version"])
        if int(version.partition(".")[0]) < 7:
            raise LedgerTooOld(server=server.get("server_name", "Redis"), version=version)
        self.memory.look()
        if not self._may_evict:
            self.memory.refuse_if_evicting()
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

    def _renew_connections(self) -> None:
        """Have every command from now on open a connection of its own.

        The idle ones are taken out of the pool first, so that no other thread has one of them in its hands
        while it is closed; those in use are closed when their command is answered.
        """
        pool = self.redis.connection_pool
        idle = []
        with suppress(queue.Empty):
            while True:
                idle.append(pool.pool.get_nowait())
        pool.update_active_connections_for_reconnect()
        for connection in idle:
            if connection is not None:
                connection.disconnect()
            pool.pool.put_nowait(connection)


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
    return connection_failure(error)
