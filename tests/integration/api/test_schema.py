"""Schemathesis asks what the OpenAPI document allows, and what it does not; the answers are as documented."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, repeat
from typing import Any, Final

import httpx
import hypothesis
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from longshore_ledger import Ledger
from longshore_ledger.keys import Role

from .guarded import ADMIN_KEY, Guarded

SESSION: Final = requests.Session()
"""Keeps its connection."""
CHECKS: Final[list[Any]] = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@schemathesis.serializer("application/x-ndjson")
def _lines(_: Any, value: Any) -> bytes:
    """The document says of such a body that it is text."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@pytest.fixture
def address(guarded: Guarded, catalogued: Ledger) -> str:
    """A real API that asks for keys, with a task and a batch in its ledger."""
    assert catalogued.catalogue.read()
    with httpx.Client(base_url=guarded.address, trust_env=False, headers={"X-API-Key": ADMIN_KEY}) as admin:
        admin.post("/v1/tasks", json={"task": "add", "args": [1, 2], "id": "0"})
        admin.post("/v1/batches", data={"task": "add", "id": "0"}, files={"file": b"1 2\nx\n"})
    return guarded.address


@pytest.mark.parametrize(("mode", "examples"), [(GenerationMode.POSITIVE, 8), (GenerationMode.NEGATIVE, 4)])
def test_answers_are_as_documented(
    address: str, catalogued: Ledger, mode: GenerationMode, examples: int
) -> None:
    # Given: the first case of each operation is asked in every role, the others in that which may do all
    keys = {role: catalogued.keys.create(f"a {role}", role) for role in Role}
    everybody = [{}, *({"Authorization": f"Bearer {key}"} for key in keys.values())]
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")

    # When / Then
    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]
        if operation.path == "/v1/events":
            continue  # A stream has no end.
        askers = chain([everybody], repeat(everybody[-1:]))
        with suppress(Unsatisfiable):  # What takes nothing can be given nothing wrong.
            _ask(operation.as_strategy(generation_mode=mode), examples, address, askers)


def _ask(
    cases: SearchStrategy[Case[Any]], examples: int, address: str, askers: Iterator[list[dict[str, str]]]
) -> None:
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],  # An answer depends on those before it: a smaller case shows nothing.
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=cases)
    def ask(case: Case[Any]) -> None:
        if "wait" in (case.query or {}):
            case.query["wait"] = 0
        for headers in next(askers):
            case.call_and_validate(base_url=address, headers=headers, checks=CHECKS, session=SESSION)

    ask()
