"""What is damaged is told with what is wrong, and goes on from where it was when it is repaired."""

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from tests.integration.ledger.actors import Harness, Worker
from tests.integration.ledger.damage import KEY, go_on
from tests.integration.ledger.files import chunks_of, open_file, run_file


def test_what_was_repaired_is_planned_once(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given tasks in all places, and such as were taken out of theirs
    server = ledger.connection.redis
    harness.started("held")
    harness.started("let go")
    server.srem(f"{PREFIX}:run:{worker.id}", "let go")
    harness.queued("out", "lost")
    server.zrem(f"{PREFIX}:out:q", "lost")
    harness.submit("leased")
    harness.relay.claim()
    harness.submit("late", delay=60.0)
    harness.submit("ready", "nowhere")
    server.zrem(f"{PREFIX}:ready:q", "nowhere")
    open_file(ledger, "f")
    ledger.batches.add("f", 0, chunks_of(["1"], 1))
    ids = ["held", "let go", "out", "lost", "leased", "late", "ready", "nowhere", "f.0"]
    server.hset(f"{PREFIX}:damaged", mapping=dict.fromkeys(ids, "once"))

    # When
    ledger.maintenance.recheck_damaged()

    # Then the one that may not run yet is kept in mind
    assert list(ledger.maintenance.damaged()) == ["f.0"]
    assert [harness.state(id) for id in ("held", "let go", "out", "lost")] == [
        *("STARTED", "STARTED", "QUEUED", "PENDING")
    ]
    assert sorted(worker.beat().running) == ["held", "let go"]
    assert set(server.zrange(f"{PREFIX}:ready:q", 0, -1)) == {b"lost", b"ready", b"nowhere"}
    ledger.batches.close("f")
    assert ledger.maintenance.recheck_damaged() == 0


def test_what_is_wrong_with_a_record_is_said(harness: Harness, ledger: Ledger) -> None:
    # Given records damaged in every way, among them some that are in order
    server = ledger.connection.redis
    harness.finished("done")
    harness.started("unheld")
    ways: dict[str, tuple[str, str | bytes | None, str]] = {
        "state": ("st", None, "field st (state) is missing"),
        "odd state": ("st", "LOST", "field st (state) is LOST"),
        "task": ("n", None, "field n (task) is missing"),
        "odd queue": ("q", "a queue", "field q (queue) is a queue"),
        "stamp": ("c", "soon", "field c (stamp) is soon"),
        "run": ("r", None, "field r (run) is missing"),
        "priority": ("p", "10", "field p (priority) is 10"),
        "attempts": ("at", "-1", "field at (attempts) is -1"),
        "holder": ("k", None, "field k (token of its holder) is missing"),
        "arguments": ("a", None, "field a (arguments) is missing"),
        "history": ("hi", "no JSON", "field hi is no JSON"),
        "timeout": ("tm", "long", "field tm is no number"),
    }
    harness.submit("well", "type", "lines", *(id for id in ways if id != "holder"))
    for id, (field, value, _) in ways.items():
        key = f"{PREFIX}:t:{'unheld' if id == 'holder' else id}"
        if value is None:
            server.hdel(key, field)
        else:
            server.hset(key, field, value)
    server.hdel(f"{PREFIX}:t:done", "a")
    server.set(f"{PREFIX}:t:type", "no record")
    server.set(f"{PREFIX}:o:lines", "no list")
    for batch in ("sum", "odd", "kind", "part", "well"):
        run_file(ledger, f"of-{batch}", ["1"])
    server.hdel(f"{PREFIX}:b:of-sum", "total")
    server.hset(f"{PREFIX}:b:of-odd", "st", "LOST")
    server.set(f"{PREFIX}:b:of-kind", "no batch")
    server.hset(f"{PREFIX}:t:of-part.0", "of", "many")
    batches = ["batch of-sum", "batch of-odd", "batch of-kind", "batch of-well", "batch gone"]
    chunks = ["of-sum.0", "of-part.0"]
    ids = ["done", "unheld", "well", "type", "lines", *ways, *batches, *chunks]
    server.hset(f"{PREFIX}:damaged", mapping=dict.fromkeys(ids, "?"))
    server.hset(f"{PREFIX}:damaged", mapping={f"x{n}": "?" for n in range(1000)})

    # When
    ledger.maintenance.recheck_damaged()

    # Then
    wrong_type = "WRONGTYPE Operation against a key holding the wrong kind of value"
    wrong_batch = "field st or total is missing, or is none of its own"
    expected = {("unheld" if id == "holder" else id): text for id, (_, _, text) in ways.items()}
    expected |= {"type": wrong_type, "lines": f"its lines: {wrong_type}", "batch of-kind": wrong_type}
    expected |= dict.fromkeys(("batch of-sum", "batch of-odd"), wrong_batch)
    expected |= {"of-sum.0": f"its batch: {wrong_batch}", "of-part.0": "field of is no number"}
    assert ledger.maintenance.damaged() == expected
    server.flushdb()


def test_a_thousand_damaged_records_are_noted_and_more_hold_up_nothing(
    harness: Harness, ledger: Ledger
) -> None:
    # Given
    server = ledger.connection.redis
    server.hset(f"{PREFIX}:damaged", mapping={f"x{n}": "why" for n in range(1000)})
    harness.submit("a", "b", "c")
    server.hdel(KEY, "p")

    # When
    go_on(harness)

    # Then
    assert len(ledger.maintenance.damaged()) == 1000
    assert [harness.state(id) for id in "ac"] == ["SUCCESS"] * 2

    # When it takes the place of another, then what is noted is renewed
    server.hdel(f"{PREFIX}:damaged", "x0")
    server.hset(f"{PREFIX}:damaged", "b", "once")
    server.zadd(f"{PREFIX}:ready:q", {"b": 1})
    harness.relay.publish()
    assert ledger.maintenance.damaged()["b"] == "field p (priority) is missing"

    # When what is gone is forgotten, then it is noted when it is met again
    server.hdel(f"{PREFIX}:damaged", "b")
    assert ledger.maintenance.recheck_damaged() == 0
    server.zadd(f"{PREFIX}:ready:q", {"b": 1})
    harness.relay.publish()
    assert list(ledger.maintenance.damaged()) == ["b"]


def test_a_damaged_record_is_the_first_reason(harness: Harness, ledger: Ledger) -> None:
    # Given a record that people can read, and scripts cannot
    harness.submit("a")
    ledger.connection.redis.hdel("{longshore}:t:a", "r")
    harness.relay.publish()

    # When
    explanation = ledger.explanations.explain("a")

    # Then
    assert explanation
    assert explanation.reason == "Its record is damaged: field r (run) is missing"
    assert explanation.advice.startswith("Repair its record, and it goes on within a minute; or cancel it")
