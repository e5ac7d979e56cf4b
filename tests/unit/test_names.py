"""Names are safe everywhere they are written: URLs, keys, queues, files."""

import pytest

from longshore.names import is_batch_id, is_name, is_task_id


@pytest.mark.parametrize("name", ["a", "math.add", "a_b-c.9", "x" * 100])
def test_good_names(name: str) -> None:
    assert is_name(name)
    assert is_task_id(name)
    assert is_batch_id(name)


@pytest.mark.parametrize("name", ["", "a b", "a/b", "é", "a\n", "{a}", "x" * 101, "a:b"])
def test_bad_names(name: str) -> None:
    assert not is_name(name)


@pytest.mark.parametrize("name", ["", "a b", "a/b", "é", "a\n", "{a}", "x" * 129])
def test_bad_ids(name: str) -> None:
    assert not is_task_id(name)
    assert not is_batch_id(name)


def test_an_id_may_hold_a_colon_and_a_batch_id_leaves_room_for_its_chunks() -> None:
    assert is_task_id("invoice:1")
    assert is_batch_id("invoice:1")
    assert is_task_id("x" * 128)
    assert not is_batch_id("x" * 101)
