"""The scheduler's process: opens the ledger, runs the loops until it is told to stop."""

import signal
import threading
from typing import Final

import structlog

from longshore.errors import LedgerFull, LedgerUnavailable, LongshoreError
from longshore.logging import configure_logging
from longshore.metrics_port import MetricsPort
from longshore.settings import Settings, load_settings
from longshore.stopping import stop_signals
from longshore_broker import open_publisher
from longshore_ledger import Ledger
from longshore_scheduler.backoff import Backoff
from longshore_scheduler.deletion_cost import DeletionCost
from longshore_scheduler.exporter import new_registry, routes, waiting_routes
from longshore_scheduler.history import History
from longshore_scheduler.kubernetes import Pods
from longshore_scheduler.measures import RelayMeasures
from longshore_scheduler.reconciler import Reconciler
from longshore_scheduler.relay import Relay
from longshore_scheduler.retention import Retention
from longshore_scheduler.runner import Runner
from longshore_scheduler.waker import Waker
from longshore_scheduler.watch import Watch

WRONG: Final = 2
"""Exit status of a scheduler that was started wrongly: starting it the same way again would not help."""

log = structlog.get_logger()


def main(settings: Settings | None = None) -> None:
    """Run until SIGTERM or SIGINT. Any number of schedulers may share a ledger and a broker."""
    settings = settings or load_settings()
    configure_logging("scheduler", settings.log_format, settings.log_level)
    stop = threading.Event()
    for number in stop_signals():
        signal.signal(number, lambda *_: stop.set())
    port = MetricsPort(settings.host, settings.metrics_port)
    port.answer(waiting_routes())
    try:
        ledger = _open_ledger(settings, stop)
    except LongshoreError as error:
        log.error(error.title, reason=error.detail)  # noqa: TRY400  # the reason says it all
        raise SystemExit(WRONG) from None
    if ledger is not None:
        run(settings, ledger, port, stop)
        ledger.close()
    port.close()


def run(settings: Settings, ledger: Ledger, port: MetricsPort, stop: threading.Event) -> None:
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
    wanted = [DeletionCost(ledger, Pods())] if settings.deletion_cost else []
    runner = Runner([relay, watch, Reconciler(ledger), Retention(ledger), History(ledger), *wanted])
    log.info("scheduler runs", metrics_port=settings.metrics_port or None)
    runner.start()
    port.answer(routes(registry, ledger, runner.trouble))
    stop.wait()
    log.info("scheduler stops")
    runner.stop()


def _open_ledger(settings: Settings, stop: threading.Event) -> Ledger | None:
    """Open the ledger, however long it takes to come up. None if told to stop meanwhile.

    Raises what waiting does not help: `LedgerTooOld`, `LedgerEvicts`, `SchemaTooNew`.
    """
    backoff, waiting = Backoff(), False
    while not stop.is_set():
        try:
            return Ledger.open(settings.ledger, settings)
        except (LedgerUnavailable, LedgerFull) as error:
            if not waiting:
                log.warning("waiting for the ledger", reason=error.detail)
            waiting = True
            stop.wait(backoff.next())
    return None
