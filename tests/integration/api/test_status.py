"""The short forms."""

from flask.testing import FlaskClient

from longshore_ledger import Ledger
from longshore_ledger.records import NewTask

from .stand_in import StandInWorker, Submit


def test_all_states_are_one_object(client: FlaskClient, submit: Submit, worker: StandInWorker) -> None:
    # Given
    submit("add", [1, 2], id="a")
    worker.run("add")
    submit("add", [1, 2], id="b")

    # When
    answer = client.get("/status/all")

    # Then
    assert answer.json == {"a": "SUCCESS", "b": "PENDING"}
    assert "Link" not in answer.headers


def test_past_a_thousand_a_link_names_the_next_page(client: FlaskClient, catalogued: Ledger) -> None:
    # Given
    catalogued.intake.submit(
        [NewTask(id=f"t{n}", task="add", queue="add", args=b"[1,2]", digest=b"12345678") for n in range(1005)]
    )

    # When
    first = client.get("/status/all")
    second = client.get(first.headers["Link"].split("<")[1].split(">")[0])

    # Then
    assert (len(first.json or {}), len(second.json or {})) == (1000, 5)
    assert "Link" not in second.headers


def test_one_state(client: FlaskClient, submit: Submit) -> None:
    # Given
    submit("add", [1, 2], id="a")

    # When / Then
    assert client.get("/status/a").json == {"id": "a", "state": "PENDING"}
    assert client.get("/status/nobody").status_code == 404
