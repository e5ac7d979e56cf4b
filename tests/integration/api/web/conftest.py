"""Browsers: clients of an API that other machines reach, signed in with a key of each role."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from longshore.settings import Settings
from longshore_api import create_app
from longshore_api.web import assets
from longshore_ledger import Ledger
from longshore_ledger.keys import Role


@dataclass(frozen=True)
class Browser:
    """A browser that shows pages, keeps cookies, and follows nothing by itself."""

    http: FlaskClient

    def show(self, path: str, **headers: str) -> TestResponse:
        """Ask as a browser does when somebody follows a link."""
        return self.http.get(path, headers={"Accept": "text/html,*/*;q=0.8", **headers})

    def sign_in(self, key: str, **fields: str) -> TestResponse:
        """Send the form."""
        return self.http.post("/sign-in", data={"key": key, **fields})

    def token(self) -> str:
        """What the page gives to its scripts and forms."""
        found = re.search(r'name="csrf" (?:content|value)="(\w+)"', self.show("/").text)
        assert found is not None
        return found[1]


@pytest.fixture(scope="session", autouse=True)
def page() -> None:
    """Pages are there to show; make builds them before it tests."""
    if not assets.built():
        reason = "the page is not built: run `make page`"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


@pytest.fixture
def door(redis_url: str, catalogued: Ledger) -> Flask:
    """An API that other machines reach, so that it asks for keys."""
    return create_app(Settings(ledger=redis_url, host="0.0.0.0"), catalogued)


@pytest.fixture
def browser(door: Flask) -> Iterator[Browser]:
    """A browser before that door."""
    with door.test_client() as client:
        yield Browser(client)


@pytest.fixture
def keys(catalogued: Ledger) -> dict[Role, str]:
    """A key of each role."""
    return {role: catalogued.keys.create(f"a {role}", role) for role in Role}


@pytest.fixture
def signed_in(door: Flask, keys: dict[Role, str]) -> Callable[[Role], Browser]:
    """`signed_in(Role.VIEWER)`: a browser with a session in the name of that role's key."""

    def sign_in(role: Role) -> Browser:
        browser = Browser(door.test_client())
        assert browser.sign_in(keys[role]).status_code == 303
        return browser

    return sign_in
