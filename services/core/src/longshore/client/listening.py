"""Listening to a stream of events: a connection that ends is made again, and what was missed is heard."""

from collections.abc import Iterator, Mapping
from typing import Final

import httpx
import msgspec

from longshore.client.events import Event, event_of
from longshore.client.problems import ApiUnreachable, UnexpectedAnswer
from longshore.client.transport import Patience, Transport

_PATH: Final = "/v1/events"
_SILENCE: Final = 45.0
"""Seconds after which a silent stream is dead: the API says something every fifteen."""


def listen(transport: Transport, filters: Mapping[str, str], after: str | None) -> Iterator[Event]:
    """Events without end. Raises ApiUnreachable when nothing is heard for as long as patience lasts."""
    last = after or ""
    patience = Patience(transport.patience)
    while True:
        lost: httpx.TransportError | None = None
        headers = {"Last-Event-ID": last} if last else {}
        try:
            with transport.stream(_PATH, params=filters, headers=headers, silence=_SILENCE) as answer:
                for block in _blocks(answer):
                    if {"event", ""} & block.keys():  # more than the first words
                        patience = Patience(transport.patience)
                    last = block.get("id", last)
                    event = _event(block, last, answer)
                    if event is not None:
                        yield event
        except httpx.TransportError as error:
            lost = error
        # An API that stops ends its streams, and one that has stopped says nothing.
        if not patience.sleep():
            raise (
                transport.unreachable(lost)
                if lost
                else ApiUnreachable(url=transport.url, reason="its event streams end at once")
            )


def _event(block: Mapping[str, str], last: str, answer: httpx.Response) -> Event | None:
    try:
        return event_of(block.get("event", ""), block.get("data", ""), last)
    except msgspec.MsgspecError as error:
        raise UnexpectedAnswer(url=str(answer.request.url), what=f"something else ({error})") from error


def _blocks(answer: httpx.Response) -> Iterator[dict[str, str]]:
    """Each event's fields by name; a block of a comment alone has the empty name."""
    rest = b""
    for piece in answer.iter_bytes():
        *whole, rest = (rest + piece).split(b"\n\n")
        for block in whole:
            fields = (line.partition(":") for line in block.decode().split("\n"))
            yield {name: value.removeprefix(" ") for name, _, value in fields}
