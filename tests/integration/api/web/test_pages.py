"""What holds for every page."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from longshore.settings import Settings
from longshore_api import create_app
from longshore_api.auth.guard import role_of
from longshore_api.web import BLUEPRINTS, assets

from .conftest import Browser

INLINE = (r"<style", r"<script(?![^>]*\bsrc=)", r"\sstyle=", r"\son\w+=", r"\shx-on", r"javascript:")
PUBLIC = {"pages.sign_in.form", "pages.sign_in.sign_in"}


def _pages(app: Flask) -> list[Rule]:
    """Every route of a page."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("pages.")]


def _addresses(app: Flask) -> list[str]:
    """Every page that can be asked for; what it shows an item of, there is none of."""
    rules = [rule.rule for rule in _pages(app) if "GET" in (rule.methods or ())]
    return [re.sub(r"<[^>]+>", "nothing", rule) for rule in rules]


def test_every_blueprint_has_its_pages(client: FlaskClient) -> None:
    # When
    found = {rule.endpoint.split(".")[1] for rule in _pages(client.application)}

    # Then
    assert found == {blueprint.name for blueprint in BLUEPRINTS}


def test_every_page_lets_the_browser_load_from_here_alone(client: FlaskClient) -> None:
    for address in _addresses(client.application):
        # When
        answer = Browser(client).show(address)

        # Then
        assert answer.status_code in {200, 302, 404}, address
        headers = answer.headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; "), (
            address
        )
        assert "unsafe" not in headers["Content-Security-Policy"], address
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Referrer-Policy"] == "same-origin", address
        assert headers["Cache-Control"] == "no-store", address


def test_no_page_has_anything_inline(client: FlaskClient) -> None:
    for address in _addresses(client.application):
        # When
        text = Browser(client).show(address).text

        # Then: the browser would refuse it
        assert [pattern for pattern in INLINE if re.search(pattern, text)] == [], address


def test_every_page_says_what_is_lacking_without_javascript(client: FlaskClient) -> None:
    for address in _addresses(client.application):
        # When
        answer = Browser(client).show(address)

        # Then
        if answer.mimetype == "text/html" and answer.status_code not in {302, 303}:
            assert re.search(r"<noscript>.*JavaScript is off.*</noscript>", answer.text, re.DOTALL), address


def test_everything_that_a_page_loads_is_there(client: FlaskClient) -> None:
    for address in _addresses(client.application):
        # When
        loaded = re.findall(
            r'(?:src|rel="(?:stylesheet|icon)" href)="([^"]+)"', Browser(client).show(address).text
        )

        # Then
        for source in loaded:
            assert source.startswith(("/assets/", "data:")), address
            assert source.startswith("data:") or client.get(source).status_code == 200, source


def test_every_page_asks_for_a_key(browser: Browser) -> None:
    # Given
    app = browser.http.application

    # Then
    for rule in _pages(app):
        assert (role_of(app.view_functions[rule.endpoint]) is None) == (rule.endpoint in PUBLIC), rule
    for address in _addresses(app):
        if address != "/sign-in":
            assert browser.show(address).location.startswith("/sign-in?next="), address


def test_the_page_is_no_part_of_the_http_api(client: FlaskClient) -> None:
    # When
    document = client.get("/openapi.json").json

    # Then
    assert document is not None
    assert {"/", "/sign-in", "/assets/{name}"} & set(document["paths"]) == set()


def test_links_lead_where_settings_say(redis_url: str, client: FlaskClient) -> None:
    # Given
    settings = Settings(
        ledger=redis_url,
        flower_url="http://127.0.0.1:5555",
        grafana_url="https://grafana.example.com/d/shore?a=1&b=2",
    )

    # When
    linked = Browser(create_app(settings).test_client()).show("/").text
    bare = Browser(client).show("/").text

    # Then
    for name, address in {
        "Flower": "http://127.0.0.1:5555",
        "Grafana": "https://grafana.example.com/d/shore?a=1&amp;b=2",
    }.items():
        assert re.search(rf'href="{re.escape(address)}"[^>]*>(?s:.)*?{name}', linked), name
        assert name not in bare
    assert "RabbitMQ" not in linked


def test_without_the_page_everything_else_works(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    monkeypatch.setattr(assets, "BUILT", tmp_path)

    # When
    answer = Browser(client).show("/")
    lost = Browser(client).show("/nowhere")

    # Then
    assert answer.status_code == 503
    assert "make page" in answer.text
    assert "Content-Security-Policy" in answer.headers
    assert (lost.status_code, lost.mimetype) == (404, "application/problem+json")
    assert client.get("/v1/stats").status_code == 200
    assert client.get("/docs").status_code == 200
