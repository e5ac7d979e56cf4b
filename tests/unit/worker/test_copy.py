"""What comes from the broker: a copy, or nothing that can be read, and never an error of another kind."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.values import decode
from longshore_worker.dispatch.deliveries import Copy, Inbox, Unreadable, parked
from tests.unit.worker.harness import StubChannel

USUAL: dict[str, Any] = {"task": "noop", "id": "a", "run": "r1"}

_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=5,
)


def _read(headers: Any, body: Any = b"[[],{},{}]") -> Copy:
    return Copy(Inbox(StubChannel(), None), 1, "noop", False, headers, body)


@pytest.mark.parametrize(
    "header",
    [
        {"id": 7},
        {"id": None},
        {"id": ["a"]},
        {"id": "a b"},
        {"id": "\udc80"},
        {"run": 3},
        {"task": {"a": 1}},
        {"task": b"noop"},
        {"timeout": "soon"},
        {"timeout": [1]},
        {"timeout": True},
        {"timeout": -1},
        {"timeout": float("nan")},
        {"timeout": float("inf")},
        {"timeout": 10**400},
    ],
)
def test_a_header_that_is_none_of_ours_makes_it_unreadable(header: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        _read(USUAL | header)


@pytest.mark.parametrize(("given_", "read"), [(None, None), (0, None), (30, 30.0), (0.5, 0.5)])
def test_a_time_limit_is_read(given_: Any, read: float | None) -> None:
    assert _read(USUAL | {"timeout": given_}).timeout == read


@given(_ANYTHING, _ANYTHING, st.dictionaries(st.sampled_from(["id", "run", "task", "timeout"]), _ANYTHING))
def test_whatever_comes_is_read_or_parked(headers: Any, body: Any, some: dict[str, Any]) -> None:
    for each in (headers, USUAL | some):
        try:
            message = _read(each, body).parked()
        except Unreadable:
            message = parked("noop", each, body)
        assert set(decode(message)) == {"queue", "headers", "body"}
