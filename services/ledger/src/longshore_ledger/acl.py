"""Users of the ledger's server: which keys and commands each part of Longshore may use there.

This table is the only one: the chart's Redis, `longshore doctor --fix` and the tests take it from here. Redis
checks the commands inside scripts, too, so a script that starts to use a key needs it in the table.
"""

from dataclasses import dataclass
from typing import Final

from longshore_ledger.connection import PREFIX

_SCRIPTS: Final = ("evalsha", "script|load")

_SERVER: Final = ("ping", "info", "select", "wait", "time", "multi", "exec", "discard")
"""What concerns no key. INFO shows the memory in use, SELECT leads to the database of the URL."""

_READ: Final = (
    *("get", "exists", "ttl", "hget", "hmget", "hgetall", "hkeys", "hvals", "hlen", "hexists", "hstrlen"),
    *("lrange", "lindex", "llen", "scard", "sismember", "smembers", "srandmember"),
    *("zcard", "zcount", "zrange", "zrangebyscore", "zrevrangebyscore", "zrank", "zscore"),
    *("xread", "xrange", "xrevrange", "xinfo|stream"),
)

_WRITE: Final = (
    *("set", "incr", "del", "expire", "hset", "hsetnx", "hdel", "hincrby"),
    *("rpush", "lset", "blpop", "sadd", "srem", "zadd", "zrem", "zremrangebyscore", "xadd", "rename"),
)


@dataclass(frozen=True)
class LedgerUser:
    """One user. Keys are patterns without the prefix that all keys of the ledger have."""

    name: str
    about: str
    """Whose it is."""
    writes: tuple[str, ...]
    """Keys that it may read and change."""
    reads: tuple[str, ...] = ()
    """Keys that it may only read."""
    commands: tuple[str, ...] = (*_SCRIPTS, *_SERVER, *_READ, *_WRITE)

    def rules(self) -> tuple[str, ...]:
        """Arguments of ACL SETUSER, or of a `user` line in redis.conf, without the password."""
        return (
            *("resetkeys", "resetchannels", "clearselectors", "-@all"),
            f"~{PREFIX}",  # what scripts are told as their key; nothing is stored there
            *(f"~{PREFIX}:{key}" for key in self.writes),
            *(f"%R~{PREFIX}:{key}" for key in self.reads),
            *(f"+{command}" for command in self.commands),
        )


_TASKS: Final = (
    *("t:*", "o:*", "b:*", "c:*", "run:*", "ready:*", "out:*", "lease:*", "due", "wake"),
    *("live", "events", "cancel:*", "doubt", "doubt:*", "blamed:*", "crowded", "worker", "workers", "drain"),
    *("tick", "grace", "totals", "histograms", "unfinished"),
    *("mark", "clock", "damaged"),
)
"""Records of tasks and batches, where each of them lies, and who is at work: what moves of a task write."""

API: Final = LedgerUser(
    "longshore-api",
    "the API, and commands of an administrator such as `longshore keys`",
    writes=("*",),
)

SCHEDULER: Final = LedgerUser(
    "longshore-scheduler",
    "the scheduler",
    writes=(
        *_TASKS,
        "schema",
        "pairs",
        "broker",
        "refused",
        "history",
        "batches",
        "walks",
        "uploads",
        "gone",
        "gone:*",
        "reads",
    ),
    reads=("paused", "parked", "line_times", "catalogue", "catalogue:version", "definitions"),
)

WORKER: Final = LedgerUser(
    "longshore-worker",
    "workers, and the job that publishes their catalogue",
    writes=(*_TASKS, "schema", "line_times", "parked", "catalogue", "catalogue:version", "definitions"),
    reads=("paused",),
)

DOCTOR: Final = LedgerUser(
    "longshore-doctor",
    "`longshore doctor`: looks at everything and changes nothing",
    writes=(),
    reads=("*",),
    commands=(
        *(*_SCRIPTS, *_SERVER, *_READ),
        *("scan", "sscan", "zscan"),
        *("config|get", "acl|whoami", "acl|getuser", "acl|cat"),
    ),
)

USERS: Final = (API, SCHEDULER, WORKER, DOCTOR)
