"""Each part is a user of the ledger's server of its own, and may do there what it has to and nothing else.

What each has to do is in all the other tests here: their ledgers' parts are these users.
"""

import pytest
import redis

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.keys import Role
from tests.services.ledger_users import LedgerUsers

MAKE_KEYS = [
    ("HSET", f"{PREFIX}:keys", "mallory", "{}"),
    ("HSET", f"{PREFIX}:secrets", "digest", "mallory"),
    ("SET", f"{PREFIX}:session:forged", "digest"),
    ("XADD", f"{PREFIX}:keylog", "*", "what", "revoked"),
]
READ_KEYS = [
    ("HGETALL", f"{PREFIX}:keys"),
    ("HGETALL", f"{PREFIX}:secrets"),
    ("GET", f"{PREFIX}:session:theirs"),
    ("XRANGE", f"{PREFIX}:keylog", "-", "+"),
]
RULE_THE_SERVER = [
    ("ACL", "SETUSER", "mallory", "on", "nopass", "+@all", "~*"),
    ("CONFIG", "SET", "dir", "/tmp"),
    ("FLUSHALL",),
    ("KEYS", "*"),
    ("MONITOR",),
    ("SHUTDOWN", "NOSAVE"),
    ("SCRIPT", "FLUSH"),
    ("REPLICAOF", "127.0.0.1", "1"),
    ("EVAL", "return 1", "0"),
    ("CLIENT", "KILL", "TYPE", "normal"),
]
LIST_KEYS = [("SCAN", "0")]
ANOTHERS = [("SET", "anothers", "1"), ("GET", "anothers"), ("SET", f"{PREFIX}ish", "1")]
OPERATE = [("HSET", f"{PREFIX}:paused", "q", "{}"), ("ZADD", f"{PREFIX}:batches", "1", "b")]
FORBIDDEN = [
    *((part, words) for part in ("worker", "scheduler", "api") for words in LIST_KEYS),
    *(("worker", words) for words in (*MAKE_KEYS, *READ_KEYS, *RULE_THE_SERVER, *ANOTHERS, *OPERATE)),
    *(("scheduler", words) for words in (*MAKE_KEYS, *READ_KEYS, *RULE_THE_SERVER, *ANOTHERS, OPERATE[0])),
    *(("api", words) for words in (*RULE_THE_SERVER, *ANOTHERS)),
    *(("doctor", words) for words in (*MAKE_KEYS, *RULE_THE_SERVER, *ANOTHERS, *OPERATE)),
    ("doctor", ("HSET", f"{PREFIX}:t:x", "st", "SUCCESS")),
]


@pytest.mark.parametrize(("part", "words"), FORBIDDEN, ids=lambda value: " ".join(value) if value else "")
def test_a_part_may_not_do_what_is_no_work_of_its_own(
    part: str, words: tuple[str, ...], ledger_url: str, ledger_users: LedgerUsers
) -> None:
    with (
        redis.Redis.from_url(getattr(ledger_users, part)) as server,
        pytest.raises(redis.exceptions.NoPermissionError),
    ):
        server.execute_command(*words)


@pytest.mark.parametrize("part", ["worker", "scheduler"])
def test_a_script_of_its_own_does_not_help_a_part(
    part: str, ledger: Ledger, ledger_users: LedgerUsers
) -> None:
    # Given
    text = f"return redis.call('HSET', '{PREFIX}:keys', 'mallory', ARGV[1])"

    # When
    with redis.Redis.from_url(getattr(ledger_users, part)) as server:
        digest = server.script_load(text)
        with pytest.raises(redis.ResponseError, match=r"can't access|cannot access|No permissions"):
            server.evalsha(str(digest), 1, PREFIX, "{}")

    # Then
    assert ledger.keys.list() == []


@pytest.mark.parametrize("part", ["api", "scheduler", "worker", "doctor"])
def test_a_part_opens_a_ledger_as_its_own_user(part: str, ledger: Ledger, ledger_users: LedgerUsers) -> None:
    # When
    opened = Ledger.open(getattr(ledger_users, part))

    # Then
    assert opened.views.workers() == []
    assert opened.connection.memory.usage()[0] > 0
    opened.close()


def test_the_doctor_s_user_sees_everything(ledger: Ledger, ledger_users: LedgerUsers) -> None:
    # Given
    ledger.keys.create("ann", Role.ADMIN)

    # When
    opened = Ledger.open(ledger_users.doctor)

    # Then
    assert [key.name for key in opened.keys.list()] == ["ann"]
    opened.close()
