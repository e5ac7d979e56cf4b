"""The metrics port answers what it was told to, and nothing that happens in an answer ends it."""

import socket
from collections.abc import Callable, Iterator

import httpx
import pytest
from structlog.testing import capture_logs

from longshore.errors import LedgerUnavailable
from longshore.metrics_port import WAITING, Answer, MetricsPort, Query, health
from tests.services.ports import free_port

Get = Callable[[str], httpx.Response]


@pytest.fixture
def number() -> int:
    return free_port()


@pytest.fixture
def port(number: int) -> Iterator[MetricsPort]:
    opened = MetricsPort("127.0.0.1", number)
    yield opened
    opened.close()


@pytest.fixture
def get(number: int) -> Get:
    return lambda path: httpx.get(f"http://127.0.0.1:{number}{path}", trust_env=False)


def test_it_answers_what_it_was_told_to(port: MetricsPort, get: Get) -> None:
    # Given
    def echo(query: Query) -> Answer:
        return Answer(repr(dict(query)).encode(), "application/x-echo")

    port.answer({"/echo": echo})

    # When
    answer = get("/echo?queue=a&queue=b")

    # Then
    assert (answer.status_code, answer.text) == (200, "{'queue': ['a', 'b']}")
    assert answer.headers["Content-Type"] == "application/x-echo"


def test_who_waits_for_the_ledger_lives_and_is_not_ready(port: MetricsPort, get: Get) -> None:
    # Given
    port.answer(WAITING)
    assert [get(path).status_code for path in ("/livez", "/readyz")] == [200, 503]
    assert get("/readyz").text == "waiting for the ledger\n"

    # When
    port.answer({"/readyz": health(lambda: None)})

    # Then
    assert (get("/readyz").status_code, get("/readyz").text) == (200, "ok\n")


def test_it_says_what_there_is(port: MetricsPort, get: Get) -> None:
    port.answer(WAITING)

    answer = get("/")

    assert (answer.status_code, answer.text) == (404, "here are: /livez /readyz\n")


def test_an_error_is_answered_and_the_next_question_too(port: MetricsPort, get: Get) -> None:
    # Given a route without its ledger, one with a defect, and one that is well
    def away(_: Query) -> Answer:
        raise LedgerUnavailable(url="redis://stub", reason="asleep")

    def defective(_: Query) -> Answer:
        raise ZeroDivisionError

    port.answer({"/away": away, "/defective": defective, "/well": lambda _: Answer(b"well")})

    # When
    with capture_logs() as lines:
        statuses = [get(path).status_code for path in ("/away", "/defective", "/well")]

    # Then
    assert statuses == [503, 500, 200]
    assert [(line["event"], line["path"]) for line in lines] == [
        ("the metrics port cannot answer", "/defective")
    ]


def test_a_client_that_says_nothing_holds_nobody_up(port: MetricsPort, get: Get, number: int) -> None:
    port.answer(WAITING)

    with socket.create_connection(("127.0.0.1", number)):
        assert get("/livez").status_code == 200


def test_a_port_that_is_taken_ends_the_process_with_the_settings_name(port: MetricsPort, number: int) -> None:
    with pytest.raises(SystemExit) as caught:
        MetricsPort("127.0.0.1", number)

    assert str(caught.value) == (
        f"LONGSHORE_METRICS_PORT: cannot listen on 127.0.0.1 port {number}: Address already in use"
    )


def test_a_closed_one_frees_its_port(number: int) -> None:
    # Given one that answers, and one that was never told what
    for routes in (WAITING, None):
        port = MetricsPort("127.0.0.1", number)
        if routes is not None:
            port.answer(routes)

        # When
        port.close()

    # Then
    with socket.socket() as other:
        assert other.connect_ex(("127.0.0.1", number)) != 0


def test_port_0_is_none() -> None:
    port = MetricsPort("127.0.0.1", 0)
    port.answer(WAITING)
    port.close()


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_on_all_addresses_both_families_reach_it(number: int) -> None:
    # Given
    port = MetricsPort("::", number)
    port.answer(WAITING)

    # When / Then
    for host in ("127.0.0.1", "[::1]"):
        assert httpx.get(f"http://{host}:{number}/livez", trust_env=False).status_code == 200
    port.close()
