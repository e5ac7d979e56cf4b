"""A server that may delete what it was told to keep is no ledger."""

import pytest
import redis

from longshore.errors import LedgerEvicts
from longshore_ledger import Ledger
from tests.services.processes import Processes
from tests.services.runner import Server


@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-ttl"])
def test_a_server_that_evicts_is_refused_by_name(own_redis: Server, policy: str) -> None:
    # Given
    ledger = Ledger.open(own_redis.url)
    ledger.connection.redis.config_set("maxmemory-policy", policy)
    Ledger.open(own_redis.url).close()  # without a limit nothing is evicted

    # When
    ledger.connection.redis.config_set("maxmemory", 10_000_000)
    ledger.connection.memory.look()

    # Then it cannot be opened, and one that is open accepts nothing
    with pytest.raises(LedgerEvicts, match=f"maxmemory-policy is {policy}.*noeviction"):
        Ledger.open(own_redis.url)
    with pytest.raises(LedgerEvicts):
        ledger.intake.submit([])
    ledger.connection.redis.config_set("maxmemory-policy", "noeviction")
    Ledger.open(own_redis.url).close()
    ledger.close()


@pytest.mark.parametrize("part", ["worker", "scheduler", "api"])
def test_no_part_starts_on_a_server_that_evicts(own_redis: Server, processes: Processes, part: str) -> None:
    # Given
    with redis.Redis.from_url(own_redis.url) as server:
        server.config_set("maxmemory-policy", "allkeys-lru")
        server.config_set("maxmemory", 10_000_000)

    # When
    program = processes.start(part, ledger=own_redis.url, tasks="longshore_examples.arithmetic", port=0)

    # Then
    assert program.wait(within=60) == 2
    assert "maxmemory-policy" in program.log()
    assert "noeviction" in program.log()
    assert "Traceback" not in program.log()
