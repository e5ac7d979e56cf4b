"""What strangers submit and tasks return, at the terminal of whoever looks."""

import pytest

from longshore.client import Client
from longshore.values import encode
from longshore_ledger import Ledger
from longshore_ledger.records import Finish, Outcome
from tests.integration.api.stand_in import StandInWorker

from .conftest import Longshore

_FOREIGN = "\x1b]52;c;YQ==\x07\x9b2J\u202e"


@pytest.fixture
def task(url: str, catalogued: Ledger, worker: StandInWorker) -> str:
    """The id of a task with arguments and a result that a terminal would obey."""
    with Client(url, "") as client:
        id = client.submit("wordcount", _FOREIGN).id
    ((_, token),) = worker.begin("text")
    catalogued.runs.finish([Finish(id, token, Outcome.SUCCESS, encode(f"{_FOREIGN}\nsecond line"), 1000)])
    return id


@pytest.mark.parametrize("words", ["wait {id}", "status {id}", "status {id} --json", "tasks", "tasks --json"])
def test_control_characters_reach_nobodys_terminal(
    longshore: Longshore, url: str, task: str, words: str
) -> None:
    said = longshore(*words.format(id=task).split(), url=url)

    assert said.status == 0
    assert "52;c;YQ==" in said.out
    assert not set("\x1b\x07\x9b\u202e") & set(said.out)


def test_in_a_pipe_a_task_is_a_row(longshore: Longshore, url: str, task: str) -> None:
    head, row = longshore("tasks", url=url).out.splitlines()

    assert len(row.split("\t")) == len(head.split("\t"))
    assert row.startswith(task)
