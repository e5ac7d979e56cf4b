"""Inside a task: which one it is, how far it is, and whether it should stop."""

import contextvars

import pytest

import longshore
from longshore.errors import NoCurrentTask
from longshore.running import Current, current, enter


class Paper:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.notes: list[tuple[int, int]] = []
        self.stop = False

    def progress(self, done: int, total: int) -> None:
        self.notes.append((done, total))

    def cancelled(self) -> bool:
        return self.stop


def test_a_running_task_knows_itself_and_speaks_to_its_sink() -> None:
    # Given a task that a worker runs
    paper = Paper()
    with enter(Current("t1", 2, paper)):
        # When it asks and tells
        here = longshore.current()
        here.progress(3, 10)
        before, paper.stop = here.cancelled(), True

        # Then the worker's sink hears it
        assert (here.id, here.attempt) == ("t1", 2)
        assert paper.notes == [(3, 10)]
        assert (before, here.cancelled()) == (False, True)


def test_outside_a_task_the_question_is_answered_with_what_to_do() -> None:
    with pytest.raises(NoCurrentTask, match="inside of a task that a worker runs"):
        current()


def test_a_task_is_left_even_when_it_fails() -> None:
    def fail() -> None:
        with enter(Current("t1", 1, Paper())):
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    with pytest.raises(NoCurrentTask):
        current()


def test_a_task_within_a_task_gives_way_to_the_outer_one() -> None:
    with enter(Current("outer", 1, Paper())):
        with enter(Current("inner", 1, Paper())):
            assert current().id == "inner"
        assert current().id == "outer"


def test_another_context_does_not_see_the_task() -> None:
    with enter(Current("t1", 1, Paper())), pytest.raises(NoCurrentTask):
        contextvars.Context().run(current)
