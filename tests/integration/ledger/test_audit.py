"""The audit tells each kind of inconsistency, by id, with what should be."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
import redis

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.records import NewTask, StartAsk, Submitter
from tests.services.ledger_users import LedgerUsers

Damage = Callable[[Any], object]


def _key(name: str) -> str:
    return f"{PREFIX}:{name}"


@pytest.fixture
def audited(ledger_url: str, ledger_users: LedgerUsers) -> Iterator[Ledger]:
    """A ledger, as the doctor may see it, with a task that waits, `w`, and one that runs, `r`, of one key."""
    with closing(Ledger.open(ledger_url)) as ledger:
        submitter = Submitter("ann")
        ledger.intake.submit([NewTask("r", "add", "q", b"[]", b"digest00")], submitter)
        (copy,) = ledger.outbox.claim("q", 10, 10)
        ledger.outbox.confirm("q", [("r", copy.run)])
        ledger.runs.start("worker", [StartAsk("r", copy.run, "worker.1")])
        ledger.intake.submit([NewTask("w", "add", "q", b"[]", b"digest00")], submitter)
        with closing(Ledger.open(ledger_users.doctor)) as doctors:
            yield doctors


def _told(ledger: Ledger) -> set[str]:
    return {f"{each.id}: {each.text}" for each in ledger.audit.inconsistencies()}


def test_a_sound_ledger_has_none(audited: Ledger) -> None:
    assert _told(audited) == set()


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (
            lambda server: server.zrem(_key("c:PENDING:q:add"), "w"),
            "w: is in the cells [], should be in PENDING:q:add",
        ),
        (
            lambda server: server.zadd(_key("c:SUCCESS:q:add"), {"ghost": 1}),
            "ghost: is in c:SUCCESS:q:add, should not be: there is no such task",
        ),
        (
            lambda server: server.zadd(_key("c:PENDING:other:add"), {"w": 1}),
            "w: is in c:PENDING:other:add, should be in c:PENDING:q:add",
        ),
        (
            lambda server: server.zadd(_key("due"), {"w": 1}),
            "w: is PENDING and planned in ['ready', 'due'], should be in one place",
        ),
        (
            lambda server: server.zadd(_key("ready:other"), {"w": 1}),
            "w: is in ready:other, should not be: its queue is q",
        ),
        (
            lambda server: server.zadd(_key("out:q"), {"r": 1}),
            "r: is STARTED, planned in [], outstanding: True; should be neither",
        ),
        (
            lambda server: server.srem(_key("run:worker"), "r"),
            "r: should be among what worker runs",
        ),
        (
            lambda server: server.sadd(_key("run:other"), "r"),
            "r: is in run:other, should not be: it is STARTED, held by worker",
        ),
        (
            lambda server: server.zrem(_key("workers"), "worker"),
            "r: is held by worker, which should be among the workers",
        ),
        (
            lambda server: server.sadd(_key("cancel:worker"), "r"),
            "r: is in cancel:worker, should not be: that worker does not run it, or nobody cancelled it",
        ),
        (
            lambda server: server.zadd(_key("doubt"), {"r|worker.1": 1}),
            "r: is in doubt, should be among the doubts that its holder is told, too",
        ),
        (
            lambda server: server.hset(_key("unfinished"), "ann", 7),
            "key ann: has 7 unfinished tasks, should have 2",
        ),
        (
            lambda server: server.hset(_key("unfinished"), "ann", "many"),
            "key ann: has many unfinished tasks, should have 2",
        ),
        (
            lambda server: server.hset(_key("b:file"), mapping={"st": "RUNNING", "total": 0}),
            "batch file: its record lacks a state or a number: {'st': 'RUNNING', 'total': '0'}",
        ),
        (
            lambda server: server.hset(
                _key("b:file"),
                mapping={"st": "RUNNING", "total": 0, "done": 0, "failed": 0, "from_file": 1, "walk": "half"},
            ),
            "batch file: its walk is 'half', should be a number",
        ),
        (
            lambda server: server.set(_key("t:odd"), "no hash"),
            "odd: its key holds no record",
        ),
    ],
)
def test_an_inconsistency_is_told(audited: Ledger, ledger_url: str, damage: Damage, told: str) -> None:
    # Given
    with redis.Redis.from_url(ledger_url) as server:
        damage(server)

    # When, then
    assert told in _told(audited)


def test_what_is_noted_as_damaged_is_left_out(audited: Ledger, ledger_url: str) -> None:
    # Given
    with redis.Redis.from_url(ledger_url) as server:
        server.zrem(_key("c:PENDING:q:add"), "w")
        server.hset(_key("damaged"), "w", "a hand")

    # When, then
    assert _told(audited) == set()
