"""Conducts a run: each part in its turn, and all of them ended whatever happens."""

import errno
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec

from longshore.client import Client
from longshore.errors import LongshoreError
from longshore_loadtest.faults.ways import CLIENT
from longshore_loadtest.history.reader import read
from longshore_loadtest.history.writer import Writer
from longshore_loadtest.marks.answers import MARK
from longshore_loadtest.marks.server import Server
from longshore_loadtest.run.breaking import Breaker, wants_proxy
from longshore_loadtest.run.child import Child
from longshore_loadtest.run.errors import CannotRun
from longshore_loadtest.run.generator import generator, summary
from longshore_loadtest.run.looking import look_at
from longshore_loadtest.run.metrics import Metrics
from longshore_loadtest.run.plan import Plan
from longshore_loadtest.run.progress import Progress
from longshore_loadtest.run.proxied import proxied
from longshore_loadtest.run.readback import read_back
from longshore_loadtest.run.sampling import Sampler
from longshore_loadtest.run.setting import environment, settings_told
from longshore_loadtest.run.settling import settle
from longshore_loadtest.run.system import TASKS, own_system
from longshore_loadtest.targets.opening import open_target
from longshore_loadtest.targets.target import Local

_CATALOGUE: Final = 60.0
"""Seconds that a pool of workers may take to publish the tasks."""
_OVERTIME: Final = 60.0
_SHOWN: Final = 0.2
"""Seconds between two looks at how far it is."""
_LOOK: Final = 1.0
"""Seconds between two looks for the tasks: nothing announces them."""
_ADDRESS: Final = frozenset({errno.EADDRINUSE, errno.EADDRNOTAVAIL})


def conduct(plan: Plan) -> BaseException | None:
    """Run it all, but the verdict: the history is in the run's folder afterwards.

    Returns what ended the faults before their time, if anything did. Raises CannotRun when something is
    missing. Interrupted, it ends the load, heals, and goes on to the end.
    """
    folder = plan.settings.folder
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        writer = stack.enter_context(
            Writer(
                folder / "history.main.ndjson",
                run=plan.settings.run,
                part="main",
                seed=plan.settings.seed,
                command=plan.command,
                environment=environment(),
                settings=settings_told(plan.settings, plan.window, plan.retention),
            )
        )
        metrics = Metrics()
        store = stack.enter_context(_store(plan, metrics))
        plan = stack.enter_context(_with_system(plan, store.url))
        client = stack.enter_context(Client(plan.settings.url, plan.settings.key or "", patience=30.0))
        _find_tasks(plan, store.url)
        progress = Progress()
        sampled = plan.settings.url
        plan = stack.enter_context(_with_proxy(plan))
        target = open_target(plan.address) if plan.address else None
        look = look_at(target) if target else None
        with Sampler(sampled, plan.settings.key, writer, look) as sampler:
            breaker = None
            if plan.breaking and target:
                breaker = Breaker(plan, target, writer, metrics, progress.say)
            failure = _load(plan, breaker, sampler, progress)
            progress.say("the load is over; waiting for what was accepted")
            left = settle(client, plan.settle)
        progress.say("all has ended" if left == 0 else f"{left} tasks have not ended")
        complete = read_back(client, writer, read(folder))
        progress.say(f"read back: {complete.records} tasks, {complete.batches} files")
    return failure


def _store(plan: Plan, metrics: Metrics) -> Server:
    path = plan.settings.folder / "history.marks.ndjson"
    host, port = plan.marks_host, plan.marks_port
    try:
        return Server(path, plan.settings.run, host=host, port=port, metrics=metrics.text)
    except OSError as error:
        if error.errno not in _ADDRESS:
            raise CannotRun(f"the store of marks cannot begin, {host}:{port}, {path}: {error}") from error
        raise CannotRun(
            f"the store of marks cannot listen on {host}:{port}: {error.strerror}. Is another run under way? "
            "--marks-host and --marks-port say where else, and tasks have to know"
        ) from error


def _load(plan: Plan, breaker: Breaker | None, sampler: Sampler, progress: Progress) -> BaseException | None:
    """Load and break, until the load is over and all is healed; returns what ended the faults too early."""
    settings = plan.settings
    locust = generator(
        settings, processes=plan.processes, workers=plan.workers, web=plan.web, listen=plan.listen
    )
    with locust, breaker or nullcontext():
        try:
            _wait(locust, sampler, progress, settings.seconds + settings.patience + _OVERTIME)
        except KeyboardInterrupt:
            progress.say("interrupted: the load ends; what was accepted is still judged")
    print(summary(locust.log))
    if locust.status not in (0, 1):  # 1: some requests failed, which is no news here
        sys.stderr.write(f"Locust ended with status {locust.status}:\n{locust.last_lines()}\n")
    return breaker.failure if breaker else None


def _wait(locust: Child, sampler: Sampler, progress: Progress, seconds: float) -> None:
    until = time.monotonic() + seconds
    while locust.running and time.monotonic() < until:
        time.sleep(_SHOWN)
        progress.show(sampler.last)


@contextmanager
def _with_system(plan: Plan, marks: str) -> Iterator[Plan]:
    """The plan with where the system is: its own, started here, or the one that was named."""
    if plan.own_system is None:
        yield plan
        return
    with tempfile.TemporaryDirectory(prefix="longshore-loadtest-", ignore_cleanup_errors=True) as data:
        log = plan.settings.folder / "up.log"
        own = own_system(Path(data), log, marks, plan.own_system, plan.retention)
        with own as url:
            settings = plan.settings.model_copy(update={"url": url})
            yield replace(plan, settings=settings, address=plan.address or Local(data))


@contextmanager
def _with_proxy(plan: Plan) -> Iterator[Plan]:
    """The plan with Locust behind a proxy, if faults want one there; Locust elsewhere goes straight.

    It costs a millisecond, and an API that is down looks like one that closes connections.
    """
    if plan.address is None or plan.workers or not wants_proxy(plan):
        yield plan
        return
    with proxied(plan.settings.url, plan.settings.folder / "proxy.log") as (url, control):
        proxies = {**plan.address.proxies, CLIENT: control}
        address = msgspec.structs.replace(plan.address, proxies=proxies)
        yield replace(plan, settings=plan.settings.model_copy(update={"url": url}), address=address)


def _find_tasks(plan: Plan, marks: str) -> None:
    until = time.monotonic() + _CATALOGUE
    with Client(plan.settings.url, plan.settings.key or "", patience=3.0) as client:
        while time.monotonic() < until:
            try:
                # Without a key the catalogue can be read all the same: nothing else could, for the whole run.
                client.queues()
                names = {one.name for one in client.catalogue()}
            except LongshoreError as error:
                raise CannotRun(str(error)) from error
            if MARK in names:
                return
            time.sleep(_LOOK)
    raise CannotRun(
        f"no worker there has the tasks of the load test. Start one with them: longshore up --tasks {TASKS}, "
        f"with LONGSHORE_LOADTEST_MARKS={marks} in its environment; on Kubernetes, loadtest.enabled=true"
    )
