"""Serving until told to stop."""

import gc
import signal
import sys
from contextlib import suppress
from typing import Any, Final

import structlog
from flask import Flask
from gunicorn.app.base import BaseApplication

from longshore.errors import LedgerUnavailable, LongshoreError
from longshore.logging import configure_logging
from longshore.metrics_port import MetricsPort
from longshore.settings import Settings
from longshore.stopping import stop_signals
from longshore_api.app import create_app
from longshore_api.auth.exposure import refuse_exposure
from longshore_api.connections.places import FOR_PROBES, PLACES
from longshore_api.exporter import routes
from longshore_api.ledger_link import LedgerLink
from longshore_api.server.files import allow_many_files

_GRACE: Final = 20
"""Seconds that a stop leaves to requests: Kubernetes kills after 30."""

_log = structlog.get_logger(__name__)


def serve(settings: Settings) -> None:
    """Serve the API on settings.host and settings.port until SIGTERM or SIGINT; exits the process.

    Needs a process of its own. Exits with status 2 when strangers would be let in, or when the ledger is of
    no use.
    """
    configure_logging("api", settings.log_format, settings.log_level)
    link = LedgerLink(settings)
    try:
        refuse_exposure(settings, link)
        with suppress(
            LedgerUnavailable
        ):  # it serves while the ledger is away; not on one that it must not use
            _ = link.ledger
    except LongshoreError as error:
        sys.stderr.write(f"longshore api: {error.detail}\n")
        raise SystemExit(2) from None
    finally:
        link.close()  # The worker is a fork, and opens its own.
    # What was imported stays: no collection need look at it, and master and worker go on sharing its pages.
    gc.collect()
    gc.freeze()
    allow_many_files(PLACES + FOR_PROBES + 200)
    _Server(settings, MetricsPort(settings.host, settings.metrics_port)).run()


def _end_with_the_terminal(arbiter: Any) -> None:
    """Gunicorn starts its workers anew at SIGHUP: in a terminal that was closed it would run on, unseen."""
    arbiter.handle_hup = arbiter.handle_term if signal.SIGHUP in stop_signals() else lambda: None


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn with our settings and none of its own files or environment."""

    def __init__(self, settings: Settings, metrics_port: MetricsPort) -> None:
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        self._address = f"{host}:{settings.port}"
        self._settings = settings
        self._metrics_port = metrics_port
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn."""
        options: dict[str, Any] = {
            "bind": self._address,
            "workers": 1,  # Scale by replicas: metrics, the waiting room and event streams are one a process.
            "worker_class": "longshore_api.server.worker.Worker",
            "worker_connections": PLACES + FOR_PROBES,
            "limit_request_line": 8190,
            "limit_request_fields": 100,
            "limit_request_field_size": 8190,
            "http_parser": "python",  # gunicorn_h1c has no wheels for Linux, and our image no compiler.
            "keepalive": 5,
            "graceful_timeout": _GRACE,
            "control_socket_disable": True,  # It would write to the home directory and take commands there.
            "logger_class": "longshore_api.server.log.ServerLog",
            "proc_name": "longshore-api",
            "forwarded_allow_ips": "",
            "on_starting": _end_with_the_terminal,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Called by gunicorn in the worker."""
        app = create_app(self._settings)
        self._metrics_port.answer(routes(app))  # Here, since threads do not come along into a fork.
        _log.info("serving", address=f"http://{self._address}")
        return app
