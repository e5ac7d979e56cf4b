"""Streams of events, from the real process."""

import socket
from contextlib import ExitStack
from itertools import count

import httpx
import pytest

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from tests.services.waiting import Eventually

from .conftest import StartApi
from .listening import Listener, submit
from .stand_in import StandInWorker


def test_each_state_of_a_task_is_told(events_url: str, worker: StandInWorker, eventually: Eventually) -> None:
    # Given
    with Listener(f"{events_url}?id=a") as listener:
        # When
        submit(events_url, "b")
        submit(events_url, "a")
        worker.run("add")

        # Then
        told = [("a", state) for state in ("PENDING", "QUEUED", "STARTED", "SUCCESS")]
        eventually(lambda: listener.states() == told)
        (first, *_) = listener.of("task")
        assert (first["queue"], first["task"]) == ("add", "add")
        assert first["at"].endswith("Z")
        assert [heard.id for heard in listener.heard] == sorted(heard.id for heard in listener.heard)
    assert listener.headers["content-type"].startswith("text/event-stream")
    assert (listener.headers["cache-control"], listener.headers["x-accel-buffering"]) == ("no-store", "no")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("queue=divide", [("b", "PENDING"), ("b", "QUEUED"), ("b", "STARTED"), ("b", "SUCCESS")]),
        ("task=divide&state=STARTED", [("b", "STARTED")]),
        ("state=SUCCESS", [("a", "SUCCESS"), ("b", "SUCCESS")]),
    ],
)
def test_filters_choose_what_is_told(
    events_url: str, worker: StandInWorker, eventually: Eventually, query: str, told: list[tuple[str, str]]
) -> None:
    # Given
    with Listener(f"{events_url}?{query}") as listener:
        # When
        submit(events_url, "a")
        submit(events_url, "b", task="divide")
        worker.run("add")
        worker.run("divide")

        # Then
        eventually(lambda: listener.states() == told)


def test_of_a_batch_its_chunks_are_told(
    events_url: str, worker: StandInWorker, eventually: Eventually
) -> None:
    # Given
    with Listener(f"{events_url}?batch=file") as listener:
        # When
        form = {"task": "add", "id": "file"}
        answer = httpx.post(
            events_url.replace("/events", "/batches"),
            data=form,
            files={"file": b"1 2\n3 4\n"},
            trust_env=False,
        )
        assert answer.is_success
        worker.run("add")

        # Then
        eventually(lambda: ("file.0", "SUCCESS") in listener.states())


def test_what_is_too_much_is_left_out_and_counted(
    events_url: str, catalogued: Ledger, eventually: Eventually
) -> None:
    # Given
    with Listener(f"{events_url}?queue=busy") as listener:
        # When a task comes into a thousand states at once
        pipeline = catalogued.connection.redis.pipeline()
        for n in range(1000):
            fields = {"i": "x", "s": "STARTED" if n < 999 else "SUCCESS", "q": "busy", "n": "add"}
            pipeline.xadd(f"{PREFIX}:events", fields)
        pipeline.execute()

        # Then its last state is told, and how many were not
        eventually(lambda: listener.states()[-1:] == [("x", "SUCCESS")])
        assert len(listener.of("task")) < 100
        eventually(
            lambda: len(listener.of("task")) + sum(each["count"] for each in listener.of("skipped")) == 1000
        )


def test_without_a_filter_the_whole_is_told_each_second(events_url: str, eventually: Eventually) -> None:
    # Given
    with Listener(events_url) as listener:
        eventually(lambda: listener.of("snapshot"))

        # When
        submit(events_url, "a")

        # Then
        eventually(lambda: listener.of("snapshot")[-1]["states"]["PENDING"] == 1)
        assert listener.names().count("snapshot") == len(listener.heard)


def test_a_stop_ends_streams_at_once(start_api: StartApi, redis_url: str) -> None:
    # Given
    api = start_api(redis_url)
    with Listener(f"{api.events}?task=add") as tasks, Listener(api.events) as whole:
        # When
        api.process.process.terminate()

        # Then
        assert tasks.ended.wait(10)
        assert whole.ended.wait(10)
    assert api.process.wait(within=10) == 0


def test_streams_are_counted_and_not_timed(
    start_api: StartApi, redis_url: str, catalogued: Ledger, eventually: Eventually
) -> None:
    # Given
    assert catalogued.catalogue.read()
    url = start_api(redis_url).events

    def metrics() -> str:
        return httpx.get(url.replace("/v1/events", "/metrics"), trust_env=False).text

    # When
    with Listener(f"{url}?task=add"), Listener(url):
        # Then
        assert "longshore_event_streams 2.0" in metrics()

    # When more is told, it shows that they have gone
    numbers = count()

    def gone() -> bool:
        submit(url, f"t{next(numbers)}")
        return "longshore_event_streams 0.0" in metrics()

    eventually(gone)
    assert "longshore_event_streams_dropped_total 0.0" in metrics()
    assert 'route="/v1/events"' not in metrics()


def test_who_asks_for_the_head_alone_does_not_listen(start_api: StartApi, redis_url: str) -> None:
    # Given
    url = start_api(redis_url).events

    # When
    answer = httpx.head(url, trust_env=False)

    # Then
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert (
        "longshore_event_streams 0.0"
        in httpx.get(url.replace("/v1/events", "/metrics"), trust_env=False).text
    )


def test_a_filter_that_is_none_is_refused(events_url: str) -> None:
    # When
    answer = httpx.get(f"{events_url}?tasks=add", trust_env=False)

    # Then
    assert (answer.status_code, answer.json()["field"]) == (422, "tasks")


def test_five_hundred_listen_at_once(events_url: str, eventually: Eventually) -> None:
    # Given
    port = httpx.URL(events_url).port
    request = b"GET /v1/events?task=add HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with ExitStack() as stack:
        clients = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(500)]
        for client in clients:
            client.settimeout(60)
            client.sendall(request)
        for client in clients:
            _read_until(client, b"id: ")

        # When
        submit(events_url, "heard")

        # Then
        for client in clients:
            _read_until(client, b'"id":"heard"')


def _read_until(client: socket.socket, text: bytes) -> None:
    read = b""
    while text not in read:
        piece = client.recv(65_536)
        assert piece, f"it ended with {read!r}"
        read += piece
