"""How work flows through the relay."""

import pytest
from structlog.testing import capture_logs

from longshore.errors import BrokerUnavailable
from longshore_broker import Ref, Settled
from longshore_scheduler import relay as relay_module
from tests.unit.scheduler.conftest import Stage


def test_ready_work_is_declared_published_and_confirmed(stage: Stage) -> None:
    # Given two ready tasks
    stage.ready("math", "a", "b")

    # When the relay steps and the broker confirms
    stage.steps(1)
    assert stage.publisher.declared == ["math"]
    assert stage.published() == ["a", "b"]
    assert stage.ledger.outbox.confirmed == []
    stage.publisher.confirm_all()
    stage.steps(2)

    # Then the ledger knows
    assert stage.ledger.outbox.confirmed == [("math", "a"), ("math", "b")]
    assert stage.ledger.outbox.given_back == []


def test_a_queue_is_declared_once_a_connection(stage: Stage) -> None:
    # Given a queue that had work before
    stage.ready("math", "a")
    stage.steps(1)

    # When there is more, and then the connection is lost and there is still more
    stage.ready("math", "b")
    stage.steps(10)
    assert stage.publisher.declared == ["math"]
    stage.publisher.away = True
    with pytest.raises(BrokerUnavailable):
        stage.steps(1)
    stage.publisher.away = False
    stage.ready("math", "c")
    stage.steps(10)

    # Then it was declared once more
    assert stage.publisher.declared == ["math", "math"]
    assert stage.publisher.connects == 2


def test_every_queue_gets_its_batch_in_turn(stage: Stage) -> None:
    # Given one queue with a long backlog, one with a single task, and one with nothing but leases
    stage.ready("long", *(f"l{n}" for n in range(1200)))
    stage.ready("short", "s")
    stage.ready("leased")

    # When the relay has looked once
    stage.steps(1)

    # Then the short one did not wait for the long one
    assert stage.ledger.outbox.claims == [(name, 500, 1000) for name in ("long", "short", "leased")]
    assert stage.published()[-1] == "s"

    # And the rest follows without a pause
    assert stage.waker.waits == []
    stage.steps(2)
    assert len(stage.publisher.published) == 1201


def test_no_more_copies_are_under_way_than_the_limit(stage: Stage) -> None:
    # Given a broker that confirms nothing
    stage.ready("math", *(f"m{n}" for n in range(4600)))

    # When the relay steps on
    stage.steps(30)

    # Then it stops at the limit, with a last batch cut to fit
    assert len(stage.publisher.published) == relay_module.MOST_UNSETTLED
    assert len(stage.ledger.outbox.claims) == 8

    # And goes on when there is room again, if only for one; it never waits for a confirm
    stage.publisher.answers.append(Settled(confirmed=stage.publisher.waiting[:1]))
    stage.steps(30)
    assert stage.ledger.outbox.claims[8:] == [("math", 1, 1000)]
    assert len(stage.publisher.published) == 4001
    assert set(stage.publisher.settles) == {0}


def test_the_window_grows_with_the_consumers(stage: Stage) -> None:
    # Given a queue with eight consumers, one with two, and one that nobody has seen
    stage.ledger.maintenance.facts = {
        "": {"away": None, "at": 1},
        "silent": {"ready": 0},
        "many": {"ready": 0, "consumers": 8},
        "few": {"ready": 0, "consumers": 2},
    }
    for queue in ("many", "few", "silent", "unseen"):
        stage.ready(queue, queue)

    # When they are claimed from
    stage.steps(1)

    # Then eight need more than the setting, and nobody gets less
    assert {queue: window for queue, _, window in stage.ledger.outbox.claims} == {
        "many": 2000,
        "few": 1000,
        "silent": 1000,
        "unseen": 1000,
    }


def test_windows_are_read_once_a_second(stage: Stage) -> None:
    # Given an idle relay / When more than three seconds pass
    stage.steps_until(3.1)

    # Then the facts were read four times
    assert stage.ledger.maintenance.asked == 4


def test_an_idle_relay_moves_what_is_due_and_looks_now_and_then(stage: Stage) -> None:
    # Given nothing to do / When a second passes
    stage.steps_until(0.99)

    # Then due times are kept to 50 ms and the backlog is read four times, waiting on the broker's socket
    assert stage.ledger.outbox.moves == 20
    assert stage.ledger.outbox.looks == 4
    assert max(stage.waker.waits) == 0.05
    assert set(stage.waker.fds) == {42}


def test_the_bell_makes_it_look_at_once(stage: Stage) -> None:
    # Given an idle relay
    stage.steps(3)
    looks = stage.ledger.outbox.looks

    # When work becomes ready and the bell rings
    stage.ready("math", "a")
    stage.waker.ring = True
    stage.steps(2)

    # Then it is published before any time has passed
    assert stage.ledger.outbox.looks == looks + 1
    assert stage.published() == ["a"]


def test_confirms_are_told_in_company(stage: Stage) -> None:
    # Given a confirmed copy
    stage.ready("math", "a", "b")
    stage.steps(1)
    stage.publisher.answers.append(Settled(confirmed=[Ref("math", "a", "run-a")]))
    stage.steps(1)
    assert stage.ledger.outbox.confirmed == []

    # When 5 ms have passed
    assert stage.waker.waits[-1] == 0.005
    stage.steps(1)

    # Then the ledger is told, once
    assert stage.ledger.outbox.confirmed == [("math", "a")]
    stage.steps(5)
    assert stage.ledger.outbox.confirms == 1


@pytest.mark.parametrize(("confirms", "waits"), [(199, [0.005]), (200, [])])
def test_a_crowd_of_confirms_is_told_at_once(stage: Stage, confirms: int, waits: list[float]) -> None:
    # Given copies under way
    stage.ready("math", *(f"m{n}" for n in range(confirms)))
    stage.steps(1)
    stage.waker.waits.clear()

    # When all are confirmed
    stage.publisher.confirm_all()
    stage.steps(1)

    # Then the ledger hears of two hundred without a wait, and of fewer with a short one
    assert stage.waker.waits == waits
    stage.steps(1)
    assert len(stage.ledger.outbox.confirmed) == confirms


def test_it_says_once_which_broker_it_found(stage: Stage) -> None:
    # Given a broker that goes away and comes back
    with capture_logs() as lines:
        stage.steps(1)
        stage.publisher.away = True
        with pytest.raises(BrokerUnavailable):
            stage.steps(1)
        stage.publisher.away = False
        stage.steps(1)

    # Then its name and version are read once
    assert [(line["event"], line["product"], line["version"], line["queues"]) for line in lines] == [
        ("broker", "Stub", "1", "list")
    ]


def test_its_measures_follow_every_copy(stage: Stage) -> None:
    # Given three copies of which one is confirmed and one refused
    stage.ready("math", "a", "b", "c")
    stage.steps(1)
    stage.publisher.answers.append(
        Settled(confirmed=[Ref("math", "a", "run-a")], refused=[Ref("math", "b", "run-b")])
    )
    stage.steps(1)

    # When they are read
    read = stage.registry.get_sample_value

    # Then each is counted
    assert read("longshore_relay_published_total", {"queue": "math"}) == 3
    assert read("longshore_relay_confirmed_total") == 1
    assert read("longshore_relay_refused_total") == 1
    assert read("longshore_relay_unsettled") == 1
    lag = read("longshore_relay_lag_seconds")
    assert lag is not None
    assert lag > 0

    # And after the connection is lost nothing is under way
    stage.publisher.away = True
    with pytest.raises(BrokerUnavailable):
        stage.steps(1)
    assert read("longshore_relay_unsettled") == 0
    assert read("longshore_relay_lag_seconds") == 0
