"""`longshore cancel`."""

from typing import Annotated

import typer

from longshore.client import Batch, Task
from longshore.states import State
from longshore_cli.each import act_on_each
from longshore_cli.options import Json, Key, Url, command_app
from longshore_cli.targets import open_client

app = command_app()


@app.command()
def cancel(
    *,
    ids: Annotated[list[str], typer.Argument(help="Of tasks or batches.")],
    url: Url = None,
    key: Key = None,
    json: Json = False,
) -> None:
    """Cancel tasks or batches. What has ended stays as it is; what runs is asked to stop."""
    with open_client(url, key) as client:
        act_on_each(ids, client.cancel, client.cancel_batch, said=_said, json=json)


def _said(answer: Task | Batch) -> str:
    if isinstance(answer, Task) and answer.state is State.STARTED:
        return "runs, and was asked to stop"
    return answer.state.value
