"""Doing the same to many tasks, some hundreds a request."""

from collections.abc import Iterable
from itertools import islice
from typing import Final, TypeVar

from longshore.api_types import Cancelled, Page, Retried
from longshore.client.transport import Transport

Outcome = TypeVar("Outcome", Cancelled, Retried)

_A_REQUEST: Final = 500


def each(
    transport: Transport, shape: type[Outcome], path: str, ids: Iterable[str], *, repeatable: bool
) -> list[Outcome]:
    """Post ids, each once, and return what became of each, in their order."""
    left = iter(dict.fromkeys(ids))
    outcomes: list[Outcome] = []
    while some := list(islice(left, _A_REQUEST)):
        page = transport.ask(Page[shape], "POST", path, json={"ids": some}, repeatable=repeatable)  # type: ignore[valid-type]
        outcomes += page.items
    return outcomes
