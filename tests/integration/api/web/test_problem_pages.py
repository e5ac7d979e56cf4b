"""Errors as people see them, and as scripts read them."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from longshore.settings import Settings
from longshore_api import create_app
from longshore_api.auth.credentials import COOKIE
from longshore_ledger import Ledger
from tests.services.ports import free_port

from .conftest import Browser


@pytest.fixture
def broken(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A client of an API whose overview has a defect."""

    def overview() -> str:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(overview, "longshore_role", None, raising=False)
    monkeypatch.setitem(client.application.view_functions, "pages.overview.overview", overview)
    return client


def test_a_defect_of_a_page_is_a_page_that_shows_nothing_of_its_inside(broken: FlaskClient) -> None:
    # When
    answer = Browser(broken).show("/")

    # Then
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert "Internal error" in answer.text
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "Content-Security-Policy" in answer.headers


def test_scripts_read_problem_documents(broken: FlaskClient, browser: Browser) -> None:
    # When
    defect = Browser(broken).show("/", **{"HX-Request": "true"})
    signed_out = browser.show("/", **{"HX-Request": "true"})

    # Then
    assert (defect.status_code, defect.mimetype) == (500, "application/problem+json")
    assert (signed_out.status_code, signed_out.mimetype) == (401, "application/problem+json")


def test_an_address_that_leads_nowhere_is_a_page_for_people(client: FlaskClient) -> None:
    # When
    answer = Browser(client).show("/nowhere")

    # Then
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "/nowhere" in answer.text
    assert 'href="/"' in answer.text
    assert "Content-Security-Policy" in answer.headers


def test_programs_and_the_http_api_keep_their_problem_documents(client: FlaskClient) -> None:
    # When
    answers = [
        client.get("/nowhere"),
        client.post("/nowhere", headers={"Accept": "text/html"}),
        Browser(client).show("/v1/nowhere"),
        Browser(client).show("/v1/tasks/nothing"),
        Browser(client).show("/assets/nothing"),
    ]

    # Then
    assert {(answer.status_code, answer.mimetype) for answer in answers} == {
        (404, "application/problem+json")
    }


def test_a_wrong_method_is_a_page_that_says_so(client: FlaskClient) -> None:
    # When
    answer = client.delete("/", headers={"Accept": "text/html"})
    shown = Browser(client).show("/sign-out")

    # Then: nothing is shown to what no browser sends
    assert (answer.status_code, answer.mimetype) == (405, "application/problem+json")
    assert (shown.status_code, shown.mimetype) == (405, "text/html")
    assert set(shown.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_a_ledger_that_is_away_is_a_page_that_says_so() -> None:
    # Given
    settings = Settings(ledger=f"redis://127.0.0.1:{free_port()}/0", host="0.0.0.0")
    browser = Browser(create_app(settings).test_client())
    browser.http.set_cookie(COOKIE, "some session")

    # When
    answer = browser.show("/")
    tried = browser.sign_in("lsk_any")

    # Then
    for page in (answer, tried):
        assert (page.status_code, page.mimetype) == (503, "text/html")
        assert page.headers["Retry-After"] == "2"
        assert "cannot be used" in page.text


def test_a_form_of_another_site_is_refused_by_a_page(door: Flask, catalogued: Ledger) -> None:
    # When
    answer = door.test_client().post("/sign-in", data={}, headers={"Origin": "https://evil.example"})

    # Then
    assert (answer.status_code, answer.mimetype) == (403, "text/html")
    assert "another site" in answer.text
