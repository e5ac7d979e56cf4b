"""The form that submits one task."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from longshore.settings import Settings
from longshore_api import create_app
from longshore_ledger import Ledger


def _send(client: FlaskClient, **typed: str) -> TestResponse:
    return client.post("/submit", data={name.replace("__", "."): text for name, text in typed.items()})


def test_what_is_typed_is_submitted_and_leads_to_its_task(client: FlaskClient, ledger: Ledger) -> None:
    # When
    answer = _send(client, task="add", id="x", arg__a="2", arg__b="3.5", priority="9", queue="math")

    # Then
    assert (answer.status_code, answer.location) == (303, "/tasks/x")
    task = ledger.views.task("x")
    assert task is not None
    assert (bytes(task.args), task.priority, task.queue) == (b'{"a":2,"b":3.5}', 9, "math")


def test_a_form_sent_twice_submits_one_task(client: FlaskClient, ledger: Ledger) -> None:
    # Given
    form = client.get("/submit?task=add").text
    id = re.findall(r'name="id" value="([\w-]+)"', form)[0]

    # When
    answers = [_send(client, task="add", id=id, arg__a="2", arg__b="3") for _ in range(2)]

    # Then
    assert [answer.location for answer in answers] == [f"/tasks/{id}"] * 2
    assert len(ledger.views.page().items) == 1


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(client: FlaskClient) -> None:
    # When
    answer = _send(client, task="add", arg__a="two", arg__b="3", priority="11")

    # Then
    assert answer.status_code == 422
    assert '<span class="wrong" id="arg.a-wrong">expected a number, got &#39;two&#39;</span>' in answer.text
    assert 'value="two"' in answer.text
    assert "Traceback" not in answer.text

    # When the argument is corrected, and the priority is not
    answer = _send(client, task="add", arg__a="2", arg__b="3", priority="11")

    # Then
    assert re.search(r'id="priority-wrong">[^<]*9', answer.text)
    assert "<details open" in answer.text


def test_what_the_schema_has_against_an_argument_stands_beside_it(client: FlaskClient) -> None:
    # When
    answer = _send(client, task="add", arg__a="2")

    # Then
    assert answer.status_code == 422
    assert 'id="arg.b-wrong">is missing: fill it in<' in answer.text


def test_a_task_nobody_published_is_said_to_be_unknown(client: FlaskClient) -> None:
    # When
    answer = _send(client, task="ad", arg__a="2")

    # Then
    assert answer.status_code == 404
    assert "No worker has published ad." in answer.text


def test_the_form_is_filled_in_like_an_earlier_task(client: FlaskClient) -> None:
    # Given
    _send(client, task="add", id="x", arg__a="2", arg__b="3", priority="7")

    # When
    form = client.get("/submit?like=x").text

    # Then
    assert re.search(r'name="arg.a"[^>]* value="2"', form)
    assert re.search(r'name="priority" value="7"', form)
    assert 'name="id" value="x"' not in form


@pytest.mark.parametrize("address", ["/submit", "/upload"])
def test_where_no_task_is_known_the_forms_say_how_to_get_one(
    address: str, settings: Settings, ledger: Ledger
) -> None:
    # When
    with create_app(settings, ledger).test_client() as client:
        page = client.get(address).text

    # Then
    assert "There are no tasks to submit yet." in page
    assert "LONGSHORE_TASKS=my_tasks.py longshore worker" in page
