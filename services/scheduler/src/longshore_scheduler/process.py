"""The scheduler's process: opens the ledger, runs the loops until it is told to stop."""

import signal
import threading

import structlog

from longshore.broker import open_publisher
from longshore.errors import LedgerUnavailable
from longshore.ledger import Ledger
from longshore.logging import configure_logging
from longshore.settings import Settings, load_settings
from longshore_scheduler.backoff import Backoff
from longshore_scheduler.exporter import Exporter, new_registry
from longshore_scheduler.measures import RelayMeasures
from longshore_scheduler.reconciler import Reconciler
from longshore_scheduler.relay import Relay
from longshore_scheduler.retention import Retention
from longshore_scheduler.runner import Runner
from longshore_scheduler.waker import Waker
from longshore_scheduler.watch import Watch

log = structlog.get_logger()


def main(settings: Settings | None = None) -> None:
    """Run until SIGTERM or SIGINT. Any number of schedulers may share a ledger and a broker."""
    settings = settings or load_settings()
    configure_logging("scheduler", settings.log_format)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    ledger = _open_ledger(settings, stop)
    if ledger is None:
        return
    run(settings, ledger, stop)
    ledger.close()


def run(settings: Settings, ledger: Ledger, stop: threading.Event) -> None:
    """Run the loops until `stop` is set, then stop them in order."""
    registry = new_registry(ledger)
    relay = Relay(
        ledger,
        open_publisher(settings.broker, queue_type=settings.queue_type, name="longshore relay"),
        Waker(ledger.outbox.wait),
        RelayMeasures(registry),
        window=settings.window,
    )
    watch = Watch(
        ledger,
        open_publisher(settings.broker, queue_type=settings.queue_type, name="longshore watch"),
        relay.blocked,
    )
    runner = Runner([relay, watch, Reconciler(ledger), Retention(ledger)])
    exporter = Exporter(registry, settings.host, settings.metrics_port) if settings.metrics_port else None
    log.info("scheduler runs", metrics_port=settings.metrics_port or None)
    runner.start()
    stop.wait()
    log.info("scheduler stops")
    runner.stop()
    if exporter:
        exporter.close()


def _open_ledger(settings: Settings, stop: threading.Event) -> Ledger | None:
    """Open the ledger, however long it takes to come up. None if told to stop meanwhile."""
    backoff, waiting = Backoff(), False
    while not stop.is_set():
        try:
            return Ledger.open(settings.ledger, settings)
        except LedgerUnavailable as error:
            if not waiting:
                log.warning("waiting for the ledger", reason=error.detail)
            waiting = True
            stop.wait(backoff.next())
    return None
