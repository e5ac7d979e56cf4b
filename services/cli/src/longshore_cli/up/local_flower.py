"""Flower as `longshore up` runs it: `python -m longshore_cli.up.local_flower flower --port=5555`.

It asks for a password (FLOWER_BASIC_AUTH), and answers to this machine's own names only: any other name that
leads here was given by a page that wants to be taken for Flower (DNS rebinding). Flower itself has no such
setting.
"""

from typing import Any, Final

import flower.command
from celery.__main__ import main
from flower.app import Flower
from tornado.web import ErrorHandler

_NAMES: Final = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})


class LocalFlower(Flower):  # type: ignore[misc]  # Flower has no types
    """Flower for this machine alone."""

    def find_handler(self, request: Any, **kwargs: Any) -> Any:
        """Whatever was asked for, or 421 for a foreign name."""
        if request.host_name in _NAMES:
            return super().find_handler(request, **kwargs)
        return self.get_handler_delegate(request, ErrorHandler, {"status_code": 421})


if __name__ == "__main__":
    flower.command.Flower = LocalFlower
    main()
