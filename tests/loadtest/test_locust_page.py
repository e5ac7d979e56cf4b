"""Locust's page and the report's: for whoever runs a load test, and to look at only."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from longshore_loadtest.run.generator import generator
from longshore_loadtest.run.serving import serve
from longshore_loadtest.settings import Settings
from tests.services.ports import free_port
from tests.services.waiting import Eventually, eventually

pytestmark = pytest.mark.loadtest


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page of a Locust that loads nothing that answers."""
    folder, port = tmp_path_factory.mktemp("locust"), free_port()
    settings = Settings(
        folder=folder, url=f"http://127.0.0.1:{free_port()}", seconds=120, users=1, patience=1
    )
    with generator(settings, processes=1, workers=0, web=port) as locust:
        address = f"http://127.0.0.1:{port}"

        def answers() -> bool:
            assert locust.running, locust.last_lines()
            try:
                return httpx.get(address, trust_env=False).is_success
            except httpx.TransportError:
                return False

        eventually(answers, within=60)
        yield address


def _elsewhere(port: int) -> str:
    """An address of this machine that is not the one it listens on."""
    return f"http://127.0.0.2:{port}"


def test_it_can_be_looked_at(page: str) -> None:
    assert httpx.get(f"{page}/stats/requests", trust_env=False).is_success


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/swarm"), ("GET", "/stop"), ("GET", "/stats/reset"), ("GET", "/stop/"), ("POST", "/upload")],
)
def test_it_does_nothing_for_whoever_asks(page: str, method: str, path: str) -> None:
    # When it is asked to send the load, and the key with it, to another host
    form = {"user_count": "1", "spawn_rate": "1", "host": "http://127.0.0.1:9", "longshore_settings": "{}"}
    answer = httpx.request(method, page + path, data=form if method == "POST" else None, trust_env=False)

    # Then
    assert answer.status_code == 403
    assert httpx.get(f"{page}/stats/requests", trust_env=False).json()["state"] in ("running", "spawning")


def test_a_page_of_another_name_cannot_read_it(page: str) -> None:
    # When a name is asked for that somebody has led to this machine
    answer = httpx.get(page, headers={"Host": "attacker.example"}, trust_env=False)

    # Then
    assert answer.status_code == 403


def test_it_listens_on_loopback_alone(page: str) -> None:
    with pytest.raises(httpx.ConnectError):
        httpx.get(_elsewhere(int(page.rpartition(":")[2])), trust_env=False)


def test_the_report_is_served_and_nothing_beside_it(tmp_path: Path, eventually: Eventually) -> None:
    # Given
    (tmp_path / "report.html").write_text("the verdict")
    (tmp_path / "history.main.ndjson").write_text("arguments and results")
    port = free_port()
    threading.Thread(target=serve, args=(tmp_path, port, 10.0), daemon=True).start()

    def listens() -> bool:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True

    eventually(listens)

    # When
    def get(path: str) -> tuple[int, str]:
        answer = httpx.get(f"http://127.0.0.1:{port}{path}", trust_env=False)
        return answer.status_code, answer.text

    # Then
    assert get("/report.html") == get("/") == (200, "the verdict")
    for path in (
        "/history.main.ndjson",
        "/..%2f",
        "/report.json",
        "/./history.main.ndjson",
    ):
        assert get(path)[0] == 404
    with pytest.raises(httpx.ConnectError):
        httpx.get(_elsewhere(port), trust_env=False)
