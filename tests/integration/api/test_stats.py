"""Counts over HTTP."""

from flask.testing import FlaskClient

from longshore.ledger import Ledger

from .stand_in import StandInWorker, Submit


def test_tasks_are_counted_by_state_and_queue(
    client: FlaskClient, submit: Submit, worker: StandInWorker, catalogued: Ledger
) -> None:
    # Given
    submit("add", [1, 2])
    submit("divide", [1, 0])
    worker.run("divide")
    catalogued.runs.beat("STANDIN1", {"queues": ["add"]})

    # When
    stats = client.get("/v1/stats").json

    # Then
    assert stats is not None
    assert (stats["states"]["PENDING"], stats["states"]["FAILURE"], stats["states"]["SUCCESS"]) == (1, 1, 0)
    assert stats["queues"]["divide"]["FAILURE"] == 1
    assert (stats["workers"], stats["parked"]) == (1, 0)
