"""Whatever strangers send to the real server, in whatever role, is no defect of ours."""

import json
from collections.abc import Callable, Iterator
from http import HTTPStatus
from itertools import islice
from typing import Any, Final

import pytest

from longshore.settings import Settings
from longshore.task import task
from longshore_api import create_app
from longshore_api.openapi import document
from longshore_examples.arithmetic import add
from longshore_ledger import Ledger
from longshore_ledger.keys import Role
from tests.services.waiting import Eventually

from . import odd
from .guarded import ADMIN_KEY, Guarded
from .wire import Answer, ask, request

ANYBODY: Final = "nobody"
AWAY: Final = (HTTPStatus.NOT_IMPLEMENTED,)
"""What is not there to be had is no defect: an unknown transfer coding."""


@task
def anything(value: Any) -> Any:
    """Take anything."""
    return value


class Stranger:
    """Sends requests in one role and checks the answers."""

    def __init__(self, port: int, key: str | None) -> None:
        self._port = port
        self._auth = {} if key is None else {"Authorization": f"Bearer {key}"}
        self.wrong: list[str] = []
        self.asked = 0

    def send(
        self, method: str, target: str, headers: dict[str, Any] | None = None, body: bytes | None = None
    ) -> None:
        """Ask, and note what must not be."""
        self.send_raw(request(method, target, self._auth | (headers or {}), body), method)

    def send_raw(self, raw: bytes, method: str = "GET") -> None:
        """The same, of bytes."""
        self.asked += 1
        answer = ask(self._port, raw, method=method)
        if answer is not None and (reason := _wrong_with(answer)):
            self.wrong.append(f"{raw[:300]!r} ({len(raw)} bytes): {reason}")


def _wrong_with(answer: Answer) -> str:
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and answer.status not in AWAY:
        return f"{answer.status} {answer.body[:300]!r}"
    if b"a defect of Longshore" in answer.body or b"Traceback (most recent" in answer.body:
        return f"{answer.status} tells of a defect"
    kind = answer.headers.get_content_type()
    if kind.endswith("json") and answer.body:
        try:
            json.loads(
                answer.body.decode(), object_pairs_hook=_once, parse_constant=_refuse
            ).__repr__().encode()
        except (ValueError, RecursionError) as error:
            return f"no strict JSON: {error}"
    return ""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(found := dict(pairs)) != len(pairs):
        raise ValueError(f"a key twice among {[name for name, _ in pairs]}")
    return found


def _refuse(constant: str) -> None:
    raise ValueError(constant)


@pytest.fixture
def strangers(guarded: Guarded, catalogued: Ledger, eventually: Eventually) -> Callable[[str], Stranger]:
    """`strangers("viewer")`: one with a key of that role, at a real API with something in its ledger."""
    catalogued.catalogue.publish([add.spec, anything.spec])
    eventually(lambda: "anything" in guarded.get("/v1/catalogue").text)  # What it knows may be a second old.
    admin = Stranger(guarded.port, ADMIN_KEY)
    for index, args in enumerate((b"[[" + b"[" * 480 + b"]" * 480 + b"]]", b'["\\ud800"]', b'[{"a":1}]')):
        body = b'{"task":"anything","id":"x%d","args":%b}' % (index, args)
        admin.send("POST", "/v1/tasks", {"Content-Type": "application/json"}, body)

    def stranger(role: str) -> Stranger:
        key = None if role == ANYBODY else catalogued.keys.create(f"a {role}", Role(role))
        return Stranger(guarded.port, key)

    return stranger


APP: Final = create_app(Settings())
RULES: Final = {rule.rule: sorted(rule.methods or ()) for rule in APP.url_map.iter_rules()}
QUERIES: Final = {
    path: {each["name"] for each in item["get"].get("parameters", ()) if each["in"] == "query"}
    for path, item in document(APP)["paths"].items()
    if "get" in item
}
"""What each documented route is asked for in its query. Of a page, it may be anything."""


def _requests() -> Iterator[tuple[str, str, dict[str, str | bytes], bytes | None]]:
    """Every route with every odd value in every place: method, target, headers, body."""
    for number, (rule, methods) in enumerate(RULES.items()):
        for method in methods:
            for text in ("x0", "x1", "x2", *(odd.TEXTS if "<" in rule and method == "GET" else ())):
                yield method, _filled(rule, text), {}, None
        if "GET" in methods:
            known = QUERIES.get(rule.replace("<", "{").replace(">", "}"), odd.QUERIES.keys())
            for name in known & odd.QUERIES.keys():
                for value in odd.QUERIES[name]:
                    yield "GET", f"{_filled(rule, 'x0')}?{name}={value}", {}, None
            for header in odd.HEADERS[number % 4 :: 4]:  # Most are read before the route is known.
                yield "GET", _filled(rule, "x0"), dict([header]), None
        if "POST" in methods:
            yield from _posts(_filled(rule, "x0"), number)
    for method in odd.METHODS:
        yield method, "/v1/tasks", {}, None
    for rule, methods in RULES.items():  # Once more, after all that was posted.
        if "GET" in methods:
            yield "GET", _filled(rule, "x0"), {}, None


def _posts(target: str, number: int) -> Iterator[tuple[str, str, dict[str, str | bytes], bytes]]:
    """Every body as the first of its kinds that has it; as the others on one route in three each."""
    for header, value in odd.HEADERS[number % 2 :: 2]:
        yield "POST", target, {"Content-Type": "application/json", header: value}, b"{}"
    for place, body in enumerate(odd.BODIES):
        for kind in odd.KINDS:
            if kind == odd.kind_of(body) or (place + number + odd.KINDS.index(kind)) % 3 == 0:
                yield "POST", target, {"Content-Type": kind}, body
    for kind in odd.KINDS:
        for chunks in odd.CHUNKS:
            yield "POST", target, {"Content-Type": kind, "Transfer-Encoding": "chunked"}, chunks


@pytest.mark.parametrize(
    ("role", "share"),
    [(ANYBODY, 5), (Role.VIEWER, 11), (Role.SUBMITTER, 11), (Role.OPERATOR, 11), (Role.ADMIN, 1)],
)
def test_no_route_fails_at_an_odd_request(
    strangers: Callable[[str], Stranger], role: str, share: int
) -> None:
    # Given
    stranger = strangers(role)

    # When: all is sent in the role that may do all, and some of every route and of every value in each other
    start = sum(role.encode()) % share  # Not the same ones in each.
    for method, target, headers, body in islice(_requests(), start, None, share):
        stranger.send(method, target, headers, body)

    # Then
    assert stranger.asked > 300
    assert stranger.wrong == []


def _filled(rule: str, text: str) -> str:
    return "".join(text if part.endswith(">") else part for part in _parts(rule))


def _parts(rule: str) -> list[str]:
    return rule.replace("<", "\0<").replace(">", ">\0").split("\0")
