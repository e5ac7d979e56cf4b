"""Tasks from a shell."""

import io
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from longshore.client import Client
from longshore_ledger import Ledger
from tests.integration.api.stand_in import StandInWorker
from tests.services.waiting import Eventually

from .conftest import Longshore, Said


def test_a_task_is_submitted_and_its_id_printed(longshore: Longshore, url: str) -> None:
    said = longshore("submit", "add", "-2", "3.5", "--priority", "9", "--id", "mine", url=url)

    assert (said.status, said.out) == (0, "mine\n")
    with Client(url, "") as client:
        task = client.task("mine")
    assert (task.args, task.priority) == ([-2, 3.5], 9)


def test_arguments_are_named_as_the_catalogue_names_them(longshore: Longshore, url: str) -> None:
    mixed = longshore("submit", "add", "2", "b=3", "--id", "mixed", url=url)
    wrong = longshore("submit", "add", "a=2", "bb=3", "--id", "wrong", url=url)
    unknown = longshore("submit", "ad", "a=2", url=url)
    away = longshore("submit", "add", "a=2", "b=3", url="http://127.0.0.1:1")

    assert (mixed.status, mixed.out) == (0, "mixed\n")
    assert (wrong.status, unknown.status, away.status) == (2, 2, 3)
    assert "Invalid value for bb: there is no such parameter" in wrong.err
    assert "catalogue" in unknown.err
    with Client(url, "") as client:
        assert [task.args for task in client.tasks()] == [{"a": 2, "b": 3}]


def test_submit_can_wait_for_the_result(
    longshore: Longshore, url: str, worker: StandInWorker, eventually: Eventually
) -> None:
    # Given
    said: list[Said] = []
    words = ("submit", "add", '{"a": 2, "b": 3}', "--wait", "--timeout", "30")
    waiting = threading.Thread(target=lambda: said.append(longshore(*words, url=url)))
    waiting.start()

    # When
    eventually(lambda: worker.run("add"))

    # Then
    waiting.join(30)
    assert [(one.status, one.out) for one in said] == [(0, "5\n")]


def test_what_is_wrong_with_arguments_is_said(longshore: Longshore, url: str) -> None:
    short = longshore("submit", "add", "2", url=url)
    typo = longshore("submit", "add", "2", "3", "--prioritty", "9", url=url)
    unknown = longshore("submit", "ad", "2", url=url)

    assert (short.status, typo.status, unknown.status) == (4, 2, 4)
    assert "expected 2 values" in short.err
    assert "--prioritty" in typo.err
    assert "catalogue" in unknown.err


def test_wait_tells_success_failure_and_neither_by_its_status(
    longshore: Longshore, url: str, worker: StandInWorker
) -> None:
    # Given
    with Client(url, "") as client:
        client.submit("add", 2, 3, id="good")
        client.submit("divide", 1, 0, id="bad")
        worker.run("add")
        worker.run("divide")
        client.submit("add", 2, 3, id="slow")

    # When
    good = longshore("wait", "good", url=url)
    bad = longshore("wait", "bad", url=url)
    slow = longshore("wait", "slow", "--timeout", "0.1", url=url)
    unknown = longshore("wait", "never-seen", url=url)

    # Then
    assert (good.status, good.out) == (0, "5\n")
    assert (bad.status, bad.out) == (1, "")
    assert "ZeroDivisionError" in bad.err
    assert slow.status == 5
    assert "PENDING" in slow.err
    assert unknown.status == 4


def test_status_says_why_a_task_waits(longshore: Longshore, url: str) -> None:
    # Given
    with Client(url, "") as client:
        client.pause("add")
        client.submit("add", 2, 3, id="held")

    # When
    people = longshore("status", "held", url=url)
    program = longshore("status", "held", "--json", url=url)

    # Then
    assert "PENDING" in people.out
    assert "paused" in people.out
    assert people.out.splitlines()[-1].split("\t")[2].endswith(" so far")
    assert program.json["task"]["id"] == "held"
    assert "paused" in program.json["explanation"]["reason"]


def test_status_tells_what_happened_to_a_task(longshore: Longshore, url: str, worker: StandInWorker) -> None:
    # Given
    with Client(url, "") as client:
        client.submit("divide", 1, 0, id="bad")
        worker.run("divide")
        moments = client.timeline("bad")

    # When
    people = longshore("status", "bad", url=url)
    program = longshore("status", "bad", "--json", url=url)

    # Then
    _, table = people.out.split("\n\n")
    head, *rows = [line.split("\t") for line in table.splitlines()]
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert [row["at"] for row in told] == [f"{one.at.astimezone():%Y-%m-%d %H:%M:%S}" for one in moments]
    assert [row["state"] for row in told] == ["PENDING", "QUEUED", "STARTED", "FAILURE"]
    assert [row["worker"] for row in told] == ["", "", "STANDIN1", "STANDIN1"]
    assert all(row["lasted"].endswith("s") for row in told[:3])
    assert told[3]["lasted"] == ""
    assert "ZeroDivisionError" in told[3]["why"]
    assert [one["state"] for one in program.json["timeline"]] == [row["state"] for row in told]


def test_status_of_everything_counts_by_queue(longshore: Longshore, url: str) -> None:
    with Client(url, "") as client:
        client.submit("add", 2, 3)

    said = longshore("status", url=url)

    head, *rows = [line.split("\t") for line in said.out.splitlines()]
    (add,) = [dict(zip(head, row, strict=True)) for row in rows if row[0] == "add"]
    assert add["PENDING"] == "1"


def test_tasks_are_listed_with_filters_and_a_limit(
    longshore: Longshore, url: str, worker: StandInWorker
) -> None:
    # Given
    with Client(url, "") as client:
        for n in range(5):
            client.submit("add", n, 1, id=f"t{n}")
        worker.run("add")
        client.submit("divide", 1, 2, id="other")

    # Then
    listed = longshore("tasks", "--state", "success", "--limit", "2", url=url)
    assert [line.split("\t")[0] for line in listed.out.splitlines()] == ["id", "t4", "t3"]
    assert "--limit 0" in listed.err
    everything = longshore("tasks", "-n", "0", "--json", url=url)
    assert {task["id"] for task in everything.json} == {"other", "t0", "t1", "t2", "t3", "t4"}
    assert "wordcount" in longshore("tasks", "--catalogue", url=url).out
    found = longshore("tasks", "--id", "OTH", "--since", "2026-01-01", "--json", url=url)
    assert [task["id"] for task in found.json] == ["other"]
    assert longshore("tasks", "--until", "2026-01-01", "--json", url=url).json == []


def test_many_are_cancelled_and_run_again_by_one_request(longshore: Longshore, url: str) -> None:
    # Given
    with Client(url, "") as client:
        client.submit("add", 2, 3, id="a")
        client.submit("add", 2, 4, id="b")
        client.upload(io.BytesIO(b"1 2\n"), "add", id="file")
        before = _requests(url)

    # When
    cancelled = longshore("cancel", "a", "no-such", "a b", "file.0", "file", "b", "a", url=url)

    # Then each says how it went, and that some did not shows in the status
    assert cancelled.out.splitlines() == ["a  cancelled", "file  REVOKED", "b  cancelled"]
    assert "no-such" in cancelled.err
    assert "Name its batch: file" in cancelled.err
    assert cancelled.status == 4
    since = _requests(url) - before
    assert {route: count for route, count in since.items() if "tasks" in route} == {"/v1/tasks/cancel": 1}

    # And
    again = longshore("retry", "a", "b", "--json", url=url)
    assert again.json == [{"id": "a", "outcome": "retried"}, {"id": "b", "outcome": "retried"}]
    waits = longshore("retry", "a", "no-such", "--json", url=url)
    assert waits.status == 4
    assert ["has not ended" in one["error"]["detail"] for one in waits.json] == [True, False]
    assert longshore("cancel", "a", "b", url="http://127.0.0.1:1").status == 3


def _requests(url: str) -> Counter[str]:
    """Requests by route, as the API has counted them."""
    counted = Counter[str]()
    text = httpx.get(f"{url}/metrics", trust_env=False).text
    for route, count in re.findall(
        r'^longshore_http_request_seconds_count\{.*route="([^"]*)".* (\S+)$', text, re.MULTILINE
    ):
        counted[route] += int(float(count))
    return counted


def test_queues_are_paused_and_go_on(longshore: Longshore, url: str) -> None:
    assert longshore("queues", "pause", "add", "divide", url=url).status == 0
    paused = longshore("queues", "list", "--json", url=url).json
    assert {queue["name"] for queue in paused if queue["paused"]} >= {"add"}

    longshore("queues", "resume", "add", "divide", url=url)
    assert not any(queue["paused"] for queue in longshore("queues", "list", "--json", url=url).json)
    assert longshore("queues", "pause", "no-such-queue", url=url).status == 4


def test_a_list_needs_no_verb(longshore: Longshore, url: str, ledger_url: str) -> None:
    with Client(url, "") as client:
        client.submit("add", 2, 3)

    queues = longshore("queues", "--json", f"--url={url}")
    keys = longshore("keys", ledger=ledger_url)
    mixed = longshore("queues", "--json", "pause", "add", url=url)
    typo = longshore("queues", "puase", url=url)

    assert [one["name"] for one in queues.json] == ["add"]
    assert (keys.status, keys.out) == (0, "name\trole\tcreated\tunfinished\n")
    assert (mixed.status, typo.status) == (2, 2)
    assert "Did you mean" in typo.err
    assert "resume" in longshore("queues", "--help").out


def test_workers_are_listed(longshore: Longshore, url: str, worker: StandInWorker) -> None:
    with Client(url, "") as client:
        client.submit("add", 2, 3)
    worker.begin("add")

    assert "STANDIN1" in longshore("workers", url=url).out
    assert [one["id"] for one in longshore("workers", "list", "--json", url=url).json] == ["STANDIN1"]


def test_workers_are_drained(longshore: Longshore, url: str, catalogued: Ledger) -> None:
    # Given
    with _beating(catalogued, "STANDIN1"):
        # When
        drained = longshore("workers", "drain", "STANDIN1", url=url)

        # Then
        assert (drained.status, drained.out) == (0, "STANDIN1  drains\n")
        assert "draining" in longshore("workers", url=url).out
        assert [one["draining"] for one in longshore("workers", "--json", url=url).json] == [True]
        assert longshore("workers", "drain", "NOBODY01", url=url).status == 4


@contextmanager
def _beating(ledger: Ledger, worker: str) -> Iterator[None]:
    """A worker that lives however long a command takes to start."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(0.2):
            ledger.runs.beat(worker, {})

    ledger.runs.beat(worker, {})
    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
