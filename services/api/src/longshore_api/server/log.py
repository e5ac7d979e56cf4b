"""Gunicorn's words among ours; its access log is off, ours says more."""

import logging
from typing import Any

from gunicorn.glogging import Logger


class ServerLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Sends gunicorn's records on to the root logger, which structlog has set up."""

    def setup(self, cfg: Any) -> None:
        """Called by gunicorn, in place of handlers of its own."""
        self.cfg = cfg
        self._access_log_enabled = False
        self.error_log.propagate = True
        self.error_log.setLevel(logging.WARNING)
