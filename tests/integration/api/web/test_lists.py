"""The lists: tasks, batches, queues, workers, as the server writes them."""

import re
from collections.abc import Callable
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from longshore_ledger import Ledger

from ..stand_in import StandInWorker  # noqa: TID252 - beside it


def _ids(page: str) -> list[str]:
    return re.findall(r'<tr id="row-([^"]+)"', page)


def test_tasks_are_paged_by_a_link(client: FlaskClient, submit: Callable[..., str]) -> None:
    # Given
    ids = [submit("add", [n, 1]) for n in range(5)]

    # When
    first = client.get("/tasks?limit=3").text
    (older,) = re.findall(r'href="([^"]+)" rel="next"', first)
    second = client.get(older.replace("&amp;", "&")).text

    # Then
    assert parse_qs(urlsplit(older.replace("&amp;", "&")).query)["limit"] == ["3"]
    assert [*_ids(first), *_ids(second)] == ids[::-1]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("state=SUCCESS", ["add-1"]),
        ("state=PENDING", ["words", "add-2"]),
        ("task=wordcount", ["words"]),
        ("queue=add&state=PENDING", ["add-2"]),
        ("id=add-", ["add-2", "add-1"]),
        ("within=1h", ["words", "add-2", "add-1"]),
        ("until=2020-01-01T00:00", []),
        ("since=2020-01-01T00:00&state=", ["words", "add-2", "add-1"]),
    ],
)
def test_each_filter_leaves_what_it_asks_for(
    query: str, shown: list[str], client: FlaskClient, submit: Callable[..., str], worker: StandInWorker
) -> None:
    # Given
    submit("add", [1, 1], id="add-1")
    worker.run("add")
    submit("add", [2, 1], id="add-2")
    submit("wordcount", ["a b"], id="words")

    # When
    page = client.get(f"/tasks?{query}").text

    # Then
    assert _ids(page) == shown


def test_an_id_that_is_found_whole_leads_to_its_task(client: FlaskClient, submit: Callable[..., str]) -> None:
    # Given
    submit("add", [1, 1], id="add-1")

    # When
    answer = client.get("/tasks?id=add-1")

    # Then
    assert answer.location == "/tasks/add-1"


def test_a_list_that_is_held_shows_nothing_newer_and_says_that_there_is(
    client: FlaskClient, submit: Callable[..., str]
) -> None:
    # Given
    submit("add", [1, 1], id="old")
    (top,) = re.findall(r'data-top="(\d+)"', client.get("/tasks").text)
    submit("add", [2, 1], id="new", delay=0.01)

    # When
    held = client.get(f"/tasks?anchor={int(top)}").text

    # Then
    assert _ids(held) == ["old"]
    assert "Show newer tasks" in held


@pytest.mark.parametrize("query", ["state=LOST", "limit=0", "since=yesterday", "colour=red"])
def test_a_query_that_means_nothing_is_refused_by_the_name_of_its_field(
    query: str, client: FlaskClient
) -> None:
    # When
    answer = client.get(f"/tasks?{query}", headers={"Accept": "text/html"})

    # Then
    assert answer.status_code == 422
    assert query.partition("=")[0] in answer.text


def test_a_task_shows_what_happened_to_it_and_why_it_waits(
    client: FlaskClient, submit: Callable[..., str], ledger: Ledger
) -> None:
    # Given
    submit("add", [1, 1], id="x")
    ledger.control.pause("add", by="ops-1")

    # When
    page = client.get("/tasks/x").text

    # Then
    assert re.search(r"Its queue add was paused at <time [^>]+>[\d:]+ UTC</time> by ops-1\.", page)
    assert re.search(r'<li data-state="PENDING">', page)
    assert "client.submit(&#39;add&#39;, 1, 1" in page


def test_a_failed_task_shows_its_error(
    client: FlaskClient, submit: Callable[..., str], worker: StandInWorker
) -> None:
    # Given
    submit("divide", [1, 0], id="x")
    worker.run("divide")

    # When
    page = client.get("/tasks/x").text

    # Then
    assert "ZeroDivisionError" in page
    assert "/v1/tasks/x/retry" in page


@pytest.mark.parametrize("address", ["/tasks/nobody", "/batches/nobody", "/batches/nobody/failed"])
def test_what_is_not_there_is_said_on_a_page(address: str, client: FlaskClient) -> None:
    # When
    answer = client.get(address, headers={"Accept": "text/html"})

    # Then
    assert answer.status_code == 404
    assert "nobody" in answer.text
    assert answer.mimetype == "text/html"


def test_queues_can_be_paused_and_a_paused_one_resumed(client: FlaskClient, ledger: Ledger) -> None:
    # Given
    ledger.control.pause("add", by="ops-1")
    ledger.runs.beat("w1", {"queues": ["add", "divide"]})

    # When
    page = client.get("/queues").text

    # Then
    assert 'hx-post="/v1/queues/add/resume"' in page
    assert 'hx-post="/v1/queues/divide/pause"' in page


def test_a_worker_shows_what_it_runs_since_when(client: FlaskClient, ledger: Ledger) -> None:
    # Given
    about = {
        "queues": ["add"],
        "host": "manifests",
        "pid": 7,
        "concurrency": 2,
        "running": [{"id": "x", "since": 0}],
    }
    ledger.runs.beat("w1", about)

    # When
    page = client.get("/workers").text

    # Then
    assert "1 of 2 busy" in page
    assert re.search(r'href="/tasks/x">x</a><span class="small soft">for <time datetime="1970-01-01', page)
    assert 'hx-post="/v1/workers/w1/drain"' in page


def test_chunks_of_files_are_listed_when_they_are_asked_for(client: FlaskClient, ledger: Ledger) -> None:
    # Given
    upload = {"task": "add", "id": "file", "file": (BytesIO(b"1 2\n"), "numbers.txt")}
    client.post("/v1/batches", data=upload, content_type="multipart/form-data")

    # When
    usual, asked, of_batch = (
        _ids(client.get(f"/tasks{query}").text) for query in ("", "?chunks=true", "?batch=file")
    )

    # Then
    assert (usual, asked, of_batch) == ([], ["file.0"], ["file.0"])


@pytest.mark.parametrize("address", ["/tasks?cursor=x", "/tasks?anchor=1x", "/batches?cursor=-"])
def test_a_place_that_nobody_was_given_is_refused(address: str, client: FlaskClient) -> None:
    assert client.get(address, headers={"Accept": "text/html"}).status_code == 422
