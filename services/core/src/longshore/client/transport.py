"""HTTP to the API: authorization, decoding, and asking again when an answer got lost."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any, Final, TypeVar

import httpx
import msgspec

from longshore.certificates import connection_failure
from longshore.client.problems import ApiUnreachable, UnexpectedAnswer, UnusableKey, problem_of

T = TypeVar("T")

_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""Failures before a request left: asking again is safe whatever the request does."""

_NOT_NOW: Final = frozenset({429, 502, 503, 504})
"""Answers that invite another try. Longshore's own 503 means that nothing was recorded."""


class Patience:
    """How much longer to try: pauses that double, jittered, until `seconds` after the first failure."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until: float | None = None
        self._pause = 0.1

    def sleep(self, asked: float | None = None) -> bool:
        """Wait before the next try, at least as long as the server asked. False: patience is at its end."""
        now = time.monotonic()
        if self._until is None:
            self._until = now + self._seconds
        pause = max(asked or 0.0, self._pause * random.uniform(0.5, 1.0))
        self._pause = min(self._pause * 2, 2.0)
        if now + pause > self._until:
            return False
        time.sleep(pause)
        return True


class Transport:
    """One API and how to talk to it. Safe to share between threads."""

    def __init__(
        self, url: str, key: str | None, *, timeout: float, patience: float, http: httpx.Client | None
    ) -> None:
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise ApiUnreachable(url=url, reason=str(error)) from error
        if parsed.scheme not in {"http", "https"} or not parsed.host:
            raise ApiUnreachable(url=url, reason="an address looks like http://127.0.0.1:5000")
        self.url = str(parsed).rstrip("/")
        self.timeout = timeout
        self.patience = patience
        key = (key or "").strip()  # a file that holds one ends in a line feed
        if not all("!" <= letter <= "~" for letter in key):
            raise UnusableKey
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        # A proxy from the environment is for the world outside, never for this machine.
        # SSL_CERT_FILE is for both.
        self._http = http or httpx.Client(
            verify=httpx.create_ssl_context(), trust_env=not _is_loopback(parsed.host)
        )
        self._ours = http is None

    def close(self) -> None:
        """Close the connections, unless they are the caller's."""
        if self._ours:
            self._http.close()

    def ask(self, shape: type[T], method: str, path: str, **options: Any) -> T:
        """`request`, and the answer's body as a `shape`."""
        answer = self.request(method, path, **options)
        try:
            return msgspec.json.decode(answer.content, type=shape)
        except msgspec.MsgspecError as error:
            raise UnexpectedAnswer(url=str(answer.request.url), what=f"something else ({error})") from error

    def request(
        self,
        method: str,
        path: str,
        *,
        repeatable: bool = True,
        patience: float | None = None,
        wait: float = 0.0,
        **options: Any,
    ) -> httpx.Response:
        """Send until there is an answer or patience ends; raise what an unsuccessful one says.

        `repeatable=False` is for requests that must not reach the API twice: they are sent again only when
        it is certain that they were not acted upon. `wait` is how long (s) the API may take on purpose.
        """
        tries = Patience(self.patience if patience is None else patience)
        while True:
            try:
                answer = self._http.request(
                    method,
                    self.url + path,
                    **options | {"headers": self._headers | options.get("headers", {})},
                    timeout=httpx.Timeout(self.timeout, read=self.timeout + wait),
                )
            except httpx.TransportError as error:
                certain = isinstance(error, _NOT_SENT)
                if (repeatable or certain) and tries.sleep():
                    continue
                raise self.unreachable(error) from error
            if answer.is_success:
                return answer
            if answer.status_code not in _NOT_NOW or not tries.sleep(_retry_after(answer)):
                raise problem_of(answer)

    @contextmanager
    def stream(self, path: str, *, silence: float | None = None, **options: Any) -> Iterator[httpx.Response]:
        """The answer to a GET, to be read piece by piece. Connecting is tried again, reading is not.

        `silence` is how long (s) nothing may come.
        """
        patience = Patience(self.patience)
        while True:
            request = self._http.build_request(
                "GET",
                self.url + path,
                **options | {"headers": self._headers | options.get("headers", {})},
                timeout=httpx.Timeout(self.timeout, read=silence or self.timeout),
            )
            try:
                answer = self._http.send(request, stream=True)
            except httpx.TransportError as error:
                if patience.sleep():
                    continue
                raise self.unreachable(error) from error
            try:
                if answer.is_success:
                    yield answer
                    return
                answer.read()
            finally:
                answer.close()
            if answer.status_code not in _NOT_NOW or not patience.sleep(_retry_after(answer)):
                raise problem_of(answer)

    def unreachable(self, error: httpx.TransportError) -> ApiUnreachable:
        """The error to raise for one of httpx's."""
        return ApiUnreachable(url=self.url, reason=connection_failure(error))


def _retry_after(answer: httpx.Response) -> float | None:
    """Seconds the server asks to wait; None when it says nothing, or a date (no Longshore sends one)."""
    value = answer.headers.get("Retry-After", "")
    return float(value) if value.isdigit() else None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
