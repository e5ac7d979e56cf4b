"""Doing the same to several tasks or batches by id: all are tried, and each says how it went."""

from collections.abc import Callable, Sequence
from typing import Any

import typer

from longshore.client import NotFound, Problem
from longshore_cli.display import print_error, print_json
from longshore_cli.exits import Exit


def act_on_each(
    ids: Sequence[str],
    on_task: Callable[[str], Any],
    on_batch: Callable[[str], Any],
    *,
    said: Callable[[Any], str],
    json: bool,
) -> None:
    """Call `on_task` for each id, or `on_batch` for a batch's. Exits with REFUSED if any was refused."""
    done: list[Any] = []
    refused = False
    for id in ids:
        try:
            answer = _act(id, on_task, on_batch)
        except Problem as error:
            refused = True
            done.append({"id": id, "error": {"title": error.title, "detail": error.detail}})
            if not json:
                print_error(error.title, error.detail)
        else:
            done.append(answer)
            if not json:
                typer.echo(f"{id}  {said(answer)}")
    if json:
        print_json(done)
    if refused:
        raise typer.Exit(Exit.REFUSED)


def _act(id: str, on_task: Callable[[str], Any], on_batch: Callable[[str], Any]) -> Any:
    try:
        return on_task(id)
    except NotFound as unknown:
        try:
            return on_batch(id)
        except NotFound:
            raise unknown from None
