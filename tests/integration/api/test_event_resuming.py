"""Streams of events that break, and a ledger that goes away under them."""

import pytest

from longshore_api.events.past import MOST
from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from tests.services.runner import Server
from tests.services.waiting import Eventually

from .conftest import StartApi
from .listening import Listener, submit


def test_who_comes_back_is_told_what_was_missed(events_url: str, eventually: Eventually) -> None:
    # Given a client that has heard of the first
    with Listener(f"{events_url}?task=add") as listener:
        submit(events_url, "a")
        eventually(lambda: listener.states() == [("a", "PENDING")])

    # When more happens before it comes back
    submit(events_url, "b")
    submit(events_url, "c", task="divide")
    with Listener(f"{events_url}?task=add", after=listener.last_id) as again:
        submit(events_url, "d")

        # Then
        eventually(lambda: again.states() == [("b", "PENDING"), ("d", "PENDING")])
        assert again.of("reset") == []


def test_who_begins_before_all_events_is_told_all(
    start_api: StartApi, redis_url: str, catalogued: Ledger, eventually: Eventually
) -> None:
    # Given a client that came while nothing had ever happened
    assert catalogued.events.last_id() == "0"
    url = start_api(redis_url).events
    with Listener(f"{url}?task=add") as listener:
        assert listener.last_id == "0-0"
    submit(url, "a")

    # When
    with Listener(f"{url}?task=add", after=listener.last_id) as again:
        # Then
        eventually(lambda: again.states() == [("a", "PENDING")])


@pytest.mark.parametrize("after", ["17-0", "99999999999999-0", "yesterday", "1; DROP"])
def test_an_id_that_tells_nothing_resets(events_url: str, eventually: Eventually, after: str) -> None:
    # Given
    submit(events_url, "a")

    # When
    with Listener(f"{events_url}?task=add", after=after) as listener:
        # Then it goes on from now
        eventually(lambda: len(listener.of("reset")) == 1)
        submit(events_url, "b")
        eventually(lambda: ("b", "PENDING") in listener.states())


def test_too_much_to_be_told_resets(
    start_api: StartApi, redis_url: str, catalogued: Ledger, eventually: Eventually
) -> None:
    # Given a client that has missed more than can be told, while nobody listened
    url = start_api(redis_url).events
    submit(url, "first")
    after = catalogued.events.last_id()
    for _ in range(MOST + 1):
        catalogued.connection.redis.xadd(
            f"{PREFIX}:events", {"i": "x", "s": "PENDING", "q": "add", "n": "add"}
        )

    # When
    with Listener(f"{url}?task=add", after=after) as listener:
        # Then
        eventually(lambda: listener.of("reset") == [{"reason": "too much was missed"}])
        assert listener.last_id == catalogued.events.last_id()
        assert listener.states() == []


def test_a_ledger_that_goes_away_is_told_and_the_stream_goes_on(
    start_api: StartApi, own_redis: Server, eventually: Eventually
) -> None:
    # Given one who listens to tasks, and one who listens to snapshots
    events_url = start_api(own_redis.url).events
    with Listener(f"{events_url}?task=add") as tasks, Listener(events_url) as whole:
        eventually(lambda: whole.of("snapshot"))

        # When
        own_redis.kill()

        # Then both hear of it, once
        eventually(lambda: "away" in tasks.names() and "away" in whole.names())

        # And so does who comes only now
        with Listener(f"{events_url}?task=add", after="17-0") as late, Listener(events_url) as later:
            eventually(lambda: (late.names(), later.names()) == (["away"], ["away"]))

            # When it is back
            own_redis.start()

            # Then all look anew, and hear what happens from now on
            everybody = (tasks, whole, late, later)
            eventually(lambda: all("reset" in each.names() for each in everybody))
            with Ledger.open(own_redis.url).connection.redis as redis:
                redis.xadd(f"{PREFIX}:events", {"i": "x", "s": "SUCCESS", "q": "add", "n": "add"})
            eventually(lambda: tasks.states() == late.states() == [("x", "SUCCESS")])
            eventually(lambda: whole.names()[-1] == later.names()[-1] == "snapshot")
            assert all(each.names().count("away") == each.names().count("reset") == 1 for each in everybody)
