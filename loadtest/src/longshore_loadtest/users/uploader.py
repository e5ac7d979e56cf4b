"""Uploads files of lines, and waits for their output."""

from typing import ClassVar, Final

import gevent
from locust import task

from longshore_loadtest.marks.answers import LINE
from longshore_loadtest.marks.files import lines_of
from longshore_loadtest.users.following import Follower
from longshore_loadtest.users.source import Source

_LINES: Final = (10, 100, 100, 300, 1000)
_AGAIN: Final = (1.0, 2.0, 4.0)
"""Pauses (s) after which an upload of unknown outcome is sent again, with the same id."""
_BOUNDARY: Final = "longshore-loadtest"


class Uploader(Source):
    """A file every fifteen seconds."""

    weight = 1
    kind: ClassVar[str] = "uploader"
    rate: ClassVar[float | None] = 1 / 15

    def __init__(self, *words: object, **options: object) -> None:
        super().__init__(*words, **options)
        self._follower = Follower(self.asker, self.book, self.timing)

    @task
    def upload(self) -> None:
        """Upload a file."""
        self.spawner.spawn(self._upload)

    def _upload(self, due: float, process: str) -> None:
        id = self.book.new_id("f")
        seed, count = self.book.chance.randrange(2**31), self.book.chance.choice(_LINES)
        known = self._once(id, seed, count, due, process)
        for pause in _AGAIN:
            if known != "info":
                break
            gevent.sleep(pause)
            known = self._once(id, seed, count, None, process)
        if known == "ok":
            self._follower.batch(id, due)

    def _once(self, id: str, seed: int, count: int, due: float | None, process: str) -> str:
        path = "/v1/batches"
        operation, answer = self.asker.operation(
            process,
            "upload",
            "POST",
            path,
            name=path if due is not None else f"{path} (again)",
            due=due,
            body=form(id, "\n".join(lines_of(seed, count)) + "\n"),
            media=f"multipart/form-data; boundary={_BOUNDARY}",
            batch=id,
            task=LINE,
            lines=count,
            seed=seed,
        )
        if answer.known == "ok":
            self.book.ok(operation, answer.status)
        return answer.known


def form(id: str, text: str) -> bytes:
    """A file as a browser sends it; the file comes last."""
    fields = "".join(
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("id", id), ("task", LINE))
    )
    file = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="numbers.txt"\r\n'
        f"Content-Type: text/plain\r\n\r\n{text}\r\n--{_BOUNDARY}--\r\n"
    )
    return (fields + file).encode()
