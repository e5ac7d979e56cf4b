"""What a browser's session allows: as much as its key, and only when our own page asked for it."""

from collections.abc import Callable

import pytest

from longshore_ledger.keys import Role

from .conftest import Browser

SignedIn = Callable[[Role], Browser]
TASK = {"task": "add", "args": [1, 2]}


def test_a_session_reads_what_its_key_may_read(signed_in: SignedIn) -> None:
    # Given
    browser = signed_in(Role.VIEWER)

    # Then
    assert browser.http.get("/v1/tasks").status_code == 200
    assert browser.http.get("/metrics").status_code == 200


def test_a_session_changes_something_with_its_token_alone(signed_in: SignedIn) -> None:
    # Given
    browser, other = signed_in(Role.SUBMITTER), signed_in(Role.SUBMITTER)

    # When
    tokens = {"none": None, "a wrong one": "é", "another's": other.token(), "its own": browser.token()}
    answers = {
        whose: browser.http.post("/v1/tasks", json=TASK, headers={"X-CSRF-Token": token} if token else {})
        for whose, token in tokens.items()
    }

    # Then
    assert {whose: answer.status_code for whose, answer in answers.items()} == {
        "none": 403,
        "a wrong one": 403,
        "another's": 403,
        "its own": 202,
    }
    assert answers["none"].json is not None
    assert answers["none"].json["type"] == "urn:longshore:forged"


def test_a_form_carries_the_token_in_a_field(signed_in: SignedIn) -> None:
    # Given
    browser = signed_in(Role.VIEWER)

    # When
    forged = browser.http.post("/sign-out", data={"csrf": "made up"})
    meant = browser.http.post("/sign-out", data={"csrf": browser.token()})

    # Then
    assert (forged.status_code, meant.status_code) == (403, 303)


UPLOAD = (
    b'--B\r\nContent-Disposition: form-data; name="task"\r\n\r\nadd\r\n'
    b'--B\r\nContent-Disposition: form-data; name="file"; filename="n.txt"\r\n\r\n1 2\n3 4\n\r\n--B--\r\n'
)


def test_an_upload_by_a_session_is_read_as_it_comes(signed_in: SignedIn) -> None:
    # Given
    browser = signed_in(Role.SUBMITTER)

    # When
    answer = browser.http.post(
        "/v1/batches",
        data=UPLOAD,
        content_type="multipart/form-data; boundary=B",
        headers={"X-CSRF-Token": browser.token()},
    )

    # Then
    assert answer.status_code == 202, answer.text


def test_the_token_of_an_upload_is_looked_for_in_the_header_alone(signed_in: SignedIn) -> None:
    # Given a file that would have to be read to its end before it is refused
    browser = signed_in(Role.SUBMITTER)
    field = b'--B\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n%s\r\n' % browser.token().encode()

    # When
    answer = browser.http.post(
        "/v1/batches", data=field + UPLOAD, content_type="multipart/form-data; boundary=B"
    )

    # Then
    assert answer.status_code == 403


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_page_of_another_site_changes_nothing_even_with_the_token(
    signed_in: SignedIn, headers: dict[str, str]
) -> None:
    # Given
    browser = signed_in(Role.SUBMITTER)

    # When
    answer = browser.http.post("/v1/tasks", json=TASK, headers={"X-CSRF-Token": browser.token(), **headers})

    # Then
    assert answer.status_code == 403


def test_a_session_is_refused_what_its_key_may_not_do(signed_in: SignedIn) -> None:
    # Given
    browser = signed_in(Role.VIEWER)

    # When
    answer = browser.http.post("/v1/tasks", json=TASK, headers={"X-CSRF-Token": browser.token()})

    # Then
    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["type"] == "urn:longshore:role-too-low"


def test_a_key_that_is_sent_besides_says_who_asks(signed_in: SignedIn, keys: dict[Role, str]) -> None:
    # Given
    browser = signed_in(Role.VIEWER)

    # When
    theirs = browser.http.post("/v1/tasks", json=TASK, headers={"X-API-Key": keys[Role.SUBMITTER]})
    wrong = browser.http.get("/v1/tasks", headers={"X-API-Key": "lsk_wrong"})

    # Then: programs need no token
    assert (theirs.status_code, wrong.status_code) == (202, 401)


def test_the_record_names_the_key_behind_the_session(signed_in: SignedIn) -> None:
    # Given
    browser = signed_in(Role.OPERATOR)
    token = {"X-CSRF-Token": browser.token()}
    browser.http.post("/v1/tasks", json={**TASK, "id": "x"}, headers=token)

    # When
    task = browser.http.post("/v1/tasks/x/cancel", headers=token).json

    # Then
    assert task is not None
    assert task["cancel_requested"] == "a operator"
