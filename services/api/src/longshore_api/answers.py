"""What every answer tells browsers and caches: take it for what it says it is, and keep no copy."""

from typing import Final

from flask import Flask, Response

EVERYWHERE: Final = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


def install(app: Flask) -> None:
    """Put the headers on every answer of `app` that does not say otherwise, as files that never change do."""

    def complete(answer: Response) -> Response:
        for name, value in EVERYWHERE.items():
            answer.headers.setdefault(name, value)
        return answer

    app.after_request(complete)
