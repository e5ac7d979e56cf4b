"""One request: told to the history before it leaves and when it is answered, and to Locust.

Locust's FastHttpUser rather than `longshore.client`: the client asks again by itself until an answer comes,
which is what its users want and would hide here what each request did. And rather than HttpUser, since the
generator often shares the machine with what it measures, and geventhttpclient takes far less of a processor.
Its POST is sent once, its reused connections are looked at before; so one operation is one request.
"""

import time
from typing import Any

from locust.contrib.fasthttp import FastHttpSession

from longshore_loadtest.history.record import Action
from longshore_loadtest.users.answer import Answer
from longshore_loadtest.users.book import Book


class Refused(Exception):
    """What Locust shows of an answer that is no success."""


class Asker:
    """Asks in the name of one user."""

    def __init__(self, session: FastHttpSession, book: Book) -> None:
        self._session = session
        self._book = book
        key = book.settings.key
        # Compressed answers would cost processor time on both sides, and tell nothing.
        self._headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {key}"} if key else {})

    def send(
        self,
        method: str,
        path: str,
        *,
        name: str,
        due: float | None = None,
        body: bytes | None = None,
        media: str = "application/json",
        fine: frozenset[int] = frozenset(),
    ) -> Answer:
        """Send it once. Locust counts from `due` (`time.monotonic`'s); `fine` refusals are no failures."""
        headers = self._headers | ({"Content-Type": media} if body is not None else {})
        began = time.monotonic()
        with self._session.request(
            method,
            path,
            name=name,
            data=body,  # type: ignore[arg-type]  # it takes bytes as well
            headers=headers,
            catch_response=True,
        ) as response:
            meta = response.request_meta
            answer = Answer(response.status_code, response.content or b"", meta["exception"])
            meta["response_time"] = (time.monotonic() - (began if due is None else due)) * 1000
            if answer.known == "ok" or answer.status in fine:
                response.success()
            else:
                response.failure(Refused(answer.why))
        return answer

    def quietly(self, path: str) -> Answer:
        """A GET that Locust does not count: one held back on purpose says nothing of how fast anything is."""
        try:
            response = self._session.client.urlopen(self._book.settings.url + path, headers=self._headers)
            return Answer(response.status_code, response.content or b"")
        except Exception as error:  # noqa: BLE001 - whatever it is, there was no answer
            found = getattr(error, "response", None)
            if found is not None:
                return Answer(found.status_code, found.content or b"")
            return Answer(0, error=error)

    def operation(
        self,
        process: str,
        action: Action,
        method: str,
        path: str,
        *,
        name: str,
        due: float | None = None,
        body: bytes | None = None,
        media: str = "application/json",
        fine: frozenset[int] = frozenset(),
        **about: Any,
    ) -> tuple[int, Answer]:
        """Send it, with the question in the history. An answer `ok` is left to the caller to note."""
        operation = self._book.invoke(process, action, due, **about)
        answer = self.send(method, path, name=name, due=due, body=body, media=media, fine=fine)
        if answer.known == "fail":
            self._book.fail(operation, answer.status, answer.why)
        elif answer.known == "info":
            self._book.info(operation, answer.why)
        return operation, answer
