"""Signing in with a key, and out again."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from longshore.settings import Settings
from longshore_api import create_app
from longshore_api.auth.credentials import COOKIE, HOST_COOKIE
from longshore_api.auth.forgery import token_of
from longshore_ledger import Ledger
from longshore_ledger.keys import Role

from .conftest import Browser

SignedIn = Callable[[Role], Browser]


def test_whoever_is_not_signed_in_is_led_to_the_form_and_back(
    browser: Browser, keys: dict[Role, str]
) -> None:
    # When
    sent_away = browser.show("/?state=FAILURE&task=add")
    form = browser.show(sent_away.location)
    back = browser.sign_in(keys[Role.VIEWER], next="/?state=FAILURE&task=add")

    # Then
    assert (sent_away.status_code, sent_away.location) == (
        302,
        "/sign-in?next=/%3Fstate%3DFAILURE%26task%3Dadd",
    )
    assert 'name="next" value="/?state=FAILURE&amp;task=add"' in form.text
    assert (back.status_code, back.location) == (303, "/?state=FAILURE&task=add")
    assert browser.show(back.location).status_code == 200


def test_a_form_that_is_not_needed_is_not_shown(signed_in: SignedIn) -> None:
    # When
    answer = signed_in(Role.VIEWER).show("/sign-in?next=/docs")

    # Then
    assert (answer.status_code, answer.location) == (302, "/docs")


def test_a_wrong_key_gets_the_form_again_with_what_to_do(browser: Browser) -> None:
    # When
    answer = browser.sign_in("lsk_wrong", next="/docs")

    # Then
    assert answer.status_code == 403
    assert "longshore keys create" in answer.text
    assert 'value="/docs"' in answer.text
    assert "lsk_wrong" not in answer.text
    assert "Set-Cookie" not in answer.headers


def test_the_cookie_is_for_this_site_and_no_script(browser: Browser, keys: dict[Role, str]) -> None:
    # When
    plain = browser.sign_in(f" {keys[Role.VIEWER]}\n")
    browser.http.post("/sign-in", data={"key": keys[Role.VIEWER]})
    private = browser.http.post(
        "/sign-in", data={"key": keys[Role.VIEWER]}, headers={"X-Forwarded-Proto": "https"}
    )

    # Then
    cookie, _, rest = plain.headers["Set-Cookie"].partition("; ")
    assert set(rest.split("; ")) == {"HttpOnly", "Path=/", "SameSite=Lax"}
    assert keys[Role.VIEWER] not in cookie
    name, _, secure = private.headers["Set-Cookie"].partition("=")
    assert name == HOST_COOKIE == "__Host-longshore_session"
    assert set(secure.split("; ")[1:]) == {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"}


def test_by_https_a_cookie_that_another_host_may_have_set_counts_for_nothing(
    browser: Browser, keys: dict[Role, str]
) -> None:
    # Given a session, in the cookie that needs no https
    browser.sign_in(keys[Role.VIEWER])

    # When
    plain = browser.http.get("/v1/tasks")
    private = browser.http.get("/v1/tasks", headers={"X-Forwarded-Proto": "https"})

    # Then
    assert (plain.status_code, private.status_code) == (200, 401)


def test_signing_out_by_https_takes_the_cookie_back(browser: Browser, keys: dict[Role, str]) -> None:
    # Given
    https = {"X-Forwarded-Proto": "https"}
    signed_in = browser.http.post("/sign-in", data={"key": keys[Role.VIEWER]}, headers=https)
    secret = signed_in.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    headers = https | {"Cookie": f"{HOST_COOKIE}={secret}"}

    # When
    answer = browser.http.post("/sign-out", data={"csrf": token_of(secret)}, headers=headers)

    # Then: without Secure and the path, browsers would not touch it
    assert answer.headers["Set-Cookie"].startswith(f"{HOST_COOKIE}=;")
    assert {"Secure", "Path=/", "Max-Age=0"} <= set(answer.headers["Set-Cookie"].split("; "))
    assert browser.http.get("/v1/tasks", headers=headers).status_code == 401


def test_whoever_fails_often_waits_and_nobody_else_does(browser: Browser, keys: dict[Role, str]) -> None:
    # Given somebody who tries key after key
    def attempt(key: str, peer: str) -> TestResponse:
        return browser.http.post("/sign-in", data={"key": key}, environ_base={"REMOTE_ADDR": peer})

    tried = [attempt(f"guess {n}", "10.0.0.1").status_code for n in range(10)]

    # When
    slowed, other = attempt(keys[Role.VIEWER], "10.0.0.1"), attempt(keys[Role.VIEWER], "10.0.0.2")

    # Then
    assert tried == [403] * 10
    assert slowed.status_code == 429
    assert 1 <= int(slowed.headers["Retry-After"]) <= 6
    assert "Too many attempts" in slowed.text
    assert "Set-Cookie" not in slowed.headers
    assert other.status_code == 303


def test_sessions_are_listed_and_ended_by_whoever_has_their_key(
    signed_in: SignedIn, keys: dict[Role, str]
) -> None:
    # Given a viewer in two browsers, an operator in one
    first, second, operators = (signed_in(role) for role in (Role.VIEWER, Role.VIEWER, Role.OPERATOR))

    def listed(browser: Browser) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = browser.http.get("/v1/sessions").json["items"]  # type: ignore[index]
        return found

    def end(browser: Browser, id: str) -> int:
        return browser.http.post(
            f"/v1/sessions/{id}/end", headers={"X-CSRF-Token": browser.token()}
        ).status_code

    (foreign,) = listed(operators)
    other = next(session for session in listed(first) if not session["current"])

    # When
    ended = end(first, other["id"]), end(first, other["id"]), end(first, foreign["id"])

    # Then
    assert (other["key"], other["peer"]) == ("a viewer", "127.0.0.1")
    assert ended == (204, 404, 404)
    assert second.http.get("/v1/tasks").status_code == 401
    assert [session["current"] for session in listed(first)] == [True]
    assert first.show("/sessions").text.count('aria-label="End the session of a viewer') == 1

    # And an administrator sees and ends everybody's
    headers = {"X-API-Key": keys[Role.ADMIN]}
    all_of_them = first.http.get("/v1/sessions", headers=headers).json
    assert all_of_them is not None
    assert {session["key"] for session in all_of_them["items"]} == {"a viewer", "a operator"}
    assert first.http.post(f"/v1/sessions/{foreign['id']}/end", headers=headers).status_code == 204
    assert operators.http.get("/v1/tasks").status_code == 401


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "evil",
        "",
        "javascript:1",
    ],
)
def test_nobody_is_sent_to_another_site(browser: Browser, keys: dict[Role, str], address: str) -> None:
    assert browser.sign_in(keys[Role.VIEWER], next=address).location == "/"


def test_a_page_of_another_site_signs_nobody_in(browser: Browser, keys: dict[Role, str]) -> None:
    # When
    answer = browser.http.post(
        "/sign-in", data={"key": keys[Role.VIEWER]}, headers={"Origin": "https://evil.example"}
    )

    # Then
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_signing_out_ends_the_session_everywhere(signed_in: SignedIn, door: Flask) -> None:
    # Given a second window with the same cookie
    browser = signed_in(Role.VIEWER)
    cookie = browser.http.get_cookie(COOKIE)
    assert cookie is not None
    other = Browser(door.test_client())
    other.http.set_cookie(COOKIE, cookie.value)

    # When
    answer = browser.http.post("/sign-out", data={"csrf": browser.token()})

    # Then
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert browser.http.get_cookie(COOKIE) is None
    assert other.show("/").status_code == 302
    assert other.http.get("/v1/tasks").status_code == 401


def test_a_session_ends_with_its_key(signed_in: SignedIn, catalogued: Ledger) -> None:
    # Given
    browser = signed_in(Role.VIEWER)
    before = browser.http.get("/v1/tasks").status_code

    # When another key takes the name of the one that is gone
    catalogued.keys.revoke("a viewer")
    catalogued.keys.create("a viewer", Role.ADMIN)

    # Then
    after = browser.http.get("/v1/tasks")
    assert (before, after.status_code) == (200, 401)
    assert after.json is not None
    assert "session is over" in after.json["detail"]


def test_whoever_signs_out_too_late_is_led_to_the_form(signed_in: SignedIn, catalogued: Ledger) -> None:
    # Given
    browser = signed_in(Role.VIEWER)
    token = browser.token()
    catalogued.keys.revoke("a viewer")

    # When
    answer = browser.http.post("/sign-out", data={"csrf": token})
    form = browser.show("/sign-in")

    # Then: with nothing to come back to, and nothing to sign out of
    assert (answer.status_code, answer.location) == (302, "/sign-in")
    assert form.status_code == 200
    assert "/sign-out" not in form.text


def test_the_administrators_session_ends_when_the_key_is_changed(redis_url: str, catalogued: Ledger) -> None:
    # Given
    def before_door(admin_key: str) -> Browser:
        settings = Settings(ledger=redis_url, host="0.0.0.0", admin_key=admin_key)
        return Browser(create_app(settings, catalogued).test_client())

    old, new = before_door("the-key-of-yesterday-0"), before_door("the-key-of-today-00000")
    old.sign_in("the-key-of-yesterday-0")
    cookie = old.http.get_cookie(COOKIE)
    assert cookie is not None

    # When
    new.http.set_cookie(COOKIE, cookie.value)

    # Then
    assert old.http.get("/v1/tasks").status_code == 200
    assert new.http.get("/v1/tasks").status_code == 401


def test_where_no_keys_are_asked_for_there_is_nothing_to_sign_in_to(client: object, redis_url: str) -> None:
    # Given
    browser = Browser(create_app(Settings(ledger=redis_url)).test_client())

    # Then
    assert browser.show("/").status_code == 200
    assert browser.show("/sign-in").location == "/"
    assert browser.http.post("/sign-out").status_code == 303
