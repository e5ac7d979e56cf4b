"""The ledger: is it there, is it new enough, and does it keep what it is told?"""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import redis

from longshore.settings import Settings
from longshore_cli.doctor.finding import Finding, Result, Treatment, fail, ok, warn
from longshore_ledger import Ledger
from longshore_ledger.connection import SCHEMA

_LISTPACK: Final = 1024


def check_ledger(ledger: Ledger, settings: Settings) -> Iterator[Result]:
    """Everything about an open ledger; that it opened says that it is new enough and of our schema."""
    connection = ledger.connection
    server: dict[str, Any] = connection.guard(lambda: connection.redis.info("everything"))
    name = server.get("server_name", "redis").capitalize()
    version = server.get("valkey_version") or server["redis_version"]
    yield ok("ledger", f"{name} {version} at {connection.url}, schema {SCHEMA}")
    yield _persistence(connection.redis, server)
    yield _setting(
        connection.redis,
        "maxmemory-policy",
        lambda value: value == "noeviction",
        wanted="noeviction",
        why="under any other policy a full server forgets accepted tasks; no part starts on one with a limit",
        known=server.get("maxmemory_policy"),
    )
    yield _setting(
        connection.redis,
        "hash-max-listpack-value",
        lambda value: int(value) >= _LISTPACK,
        wanted=str(_LISTPACK),
        why="a task's record takes about three times the memory below that",
        severe=False,
    )
    yield _memory(server)
    yield _replicas(server, settings)


def _persistence(server: redis.Redis, facts: dict[str, Any]) -> Result:
    if facts.get("loading"):
        return warn("ledger", "is loading its data", "Wait until it has.")
    if not facts.get("aof_enabled"):
        finding = fail(
            "ledger",
            "appendonly is off: a restart loses what was accepted since the last snapshot",
            "Set appendonly yes (doctor --fix does).",
        )
        return Treatment(finding, partial(_set, server, "appendonly", "yes"))
    if facts.get("aof_last_write_status", "ok") != "ok":
        return fail("ledger", "the append-only file cannot be written", "Look at the server's disk.")
    fsync = _get(server, "appendfsync")
    if fsync == "no":
        finding = fail(
            "ledger",
            "appendfsync is no: a lost machine loses what the kernel had not written",
            "Set appendfsync everysec or always.",
        )
        return Treatment(finding, partial(_set, server, "appendfsync", "everysec"))
    kept = {
        "always": "survives a lost machine",
        "everysec": "survives a killed process; a lost machine, all but 1 s",
    }
    return ok(
        "ledger", f"appendonly, appendfsync {fsync or 'unknown'}: {kept.get(fsync or '', 'as configured')}"
    )


def _setting(
    server: redis.Redis,
    name: str,
    good: Any,
    *,
    wanted: str,
    why: str,
    severe: bool = True,
    known: str | None = None,
) -> Result:
    """`known` is what INFO says of it, which managed servers allow."""
    value = _get(server, name) or known
    if value is None:
        return warn(
            "ledger", f"{name} cannot be seen: CONFIG is not allowed", f"Make sure it is {wanted}: {why}."
        )
    if good(value):
        return ok("ledger", f"{name} {value}")
    finding = (fail if severe else warn)("ledger", f"{name} is {value}", f"Set it to {wanted}: {why}.")
    return Treatment(finding, partial(_set, server, name, wanted))


def _memory(facts: dict[str, Any]) -> Finding:
    used, limit = int(facts["used_memory"]), int(facts.get("maxmemory", 0))
    if not limit:
        return ok("ledger", f"uses {used / 2**20:.0f} MiB, without a limit")
    share = used / limit
    text = f"uses {share:.0%} of {limit / 2**20:.0f} MiB"
    if share >= 0.85:
        return fail(
            "ledger", text, "Nothing new is accepted from 85 %: raise maxmemory or shorten the retention."
        )
    return ok("ledger", text)


def _replicas(facts: dict[str, Any], settings: Settings) -> Finding:
    connected, wanted = int(facts.get("connected_slaves", 0)), settings.ledger_replicas
    if wanted > connected:
        return fail(
            "ledger",
            f"{connected} replicas are connected, LONGSHORE_LEDGER_REPLICAS asks for {wanted}",
            "Nothing is acknowledged until enough are there: start them or lower the setting.",
        )
    if connected and not wanted:
        return warn(
            "ledger",
            f"{connected} replicas, none of them waited for",
            "A failover may lose acknowledged work; LONGSHORE_LEDGER_REPLICAS=1 waits for one.",
        )
    return ok("ledger", f"{connected} replicas, {wanted} waited for")


def _get(server: redis.Redis, name: str) -> str | None:
    try:
        found: dict[str, str] = server.config_get(name)  # type: ignore[assignment]
    except redis.ResponseError:  # managed servers forbid it
        return None
    return found.get(name)


def _set(server: redis.Redis, name: str, value: str) -> str:
    server.config_set(name, value)
    try:
        server.config_rewrite()
    except redis.ResponseError:
        return f"set {name} {value} until the server restarts; write it into its configuration, too"
    return f"set {name} {value}"
