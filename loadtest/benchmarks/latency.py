"""From submission to the function's first line, at a tenth of the load that each way can bear.

What a way bears is measured just before: a request a task over HTTP costs more than a task does, so its tenth
is a smaller one. Tasks are due at a fixed rate (open loop) and report when they began; latency is counted
from the due time.
"""

import http.client
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from loadtest.benchmarks.environment import describe
from loadtest.benchmarks.filling import new_tasks
from loadtest.benchmarks.interleave import interleave, quantile
from loadtest.benchmarks.noops import stamp
from loadtest.benchmarks.options import Options
from loadtest.benchmarks.parts import api, celery
from loadtest.benchmarks.raw import QUEUES, producer
from loadtest.benchmarks.schedule import Send, send_all
from loadtest.benchmarks.servers import Servers, servers
from loadtest.benchmarks.sides import end_to_end, raw_celery, scheduler, worker
from loadtest.benchmarks.stage import main
from loadtest.benchmarks.table import Figure, Report
from longshore.ids import new_id
from longshore_ledger import Ledger
from tests.services.waiting import eventually

Times = tuple[Sequence[float], Sequence[float]]
"""When tasks were due and when they began, s since 1970."""
LOAD = 0.1
EVER_SO_MANY = 1e9
"""A rate at which all are due at once, tasks/s."""
WARM_UP = 0.1
"""Share of the tasks that runs before those that are counted."""


def measure(options: Options, directory: Path) -> Report:
    """Find each side's capacity, then load a tenth of it."""
    seconds, sample = options.size(15, 1), options.size(5_000, 300)
    with servers(options, directory) as found:
        environment = describe(options, found)
        ours = partial(_ours, found, directory, options.concurrency)
        rates = {
            "http": LOAD * _capacity(ours(EVER_SO_MANY, sample, over_http=True)[1]),
            "celery": LOAD * raw_celery(found, directory, sample, options.concurrency)["rate"],
            "ledger": LOAD * end_to_end(found, directory, sample, options.concurrency)["rate"],
        }
        ways: dict[str, Callable[[float, int], Times]] = {
            "http": partial(ours, over_http=True),
            "celery": partial(_theirs, found, directory, options.concurrency),
            "ledger": partial(ours, over_http=False),
        }
        rounds = interleave(
            options.rounds,
            {
                name: partial(_latency, way, rates[name], int(rates[name] * seconds))
                for name, way in ways.items()
            },
        )
    figures = [
        Figure("submit over HTTP to start, p50", "ms", rounds.of("http", "p50"), most=5),
        Figure("submit over HTTP to start, p99", "ms", rounds.of("http", "p99"), most=25),
        Figure("submit to the ledger to start, p50", "ms", rounds.of("ledger", "p50"), most=5),
        Figure("submit to the ledger to start, p99", "ms", rounds.of("ledger", "p99"), most=25),
        Figure("Celery's apply_async to start, p50", "ms", rounds.of("celery", "p50")),
        Figure("Celery's apply_async to start, p99", "ms", rounds.of("celery", "p99")),
    ]
    notes = [
        "tasks/s, a tenth of what each way bore just before: "
        + ", ".join(f"{way} {rate:.0f}" for way, rate in rates.items())
        + f"; for {seconds} s"
    ]
    return Report("latency", "Latency at 10 % load", figures, environment, rounds, notes)


def _ours(
    found: Servers, directory: Path, concurrency: int, rate: float, count: int, *, over_http: bool
) -> Times:
    found.empty()
    queue = stamp.spec.queue
    warm = int(count * WARM_UP)
    tasks = [task for part in new_tasks(warm + count, "stamp", queue) for task in part]
    with ExitStack() as stack:
        ledger = Ledger.open(found.redis_url)
        stack.callback(ledger.close)
        ledger.catalogue.publish([stamp.spec])
        stack.enter_context(scheduler(directory, found, ledger))
        stack.enter_context(worker(directory, found, concurrency, queue)).go()
        _, url = stack.enter_context(api(directory, found.redis_url, auth="none"))
        ids = [task.id for task in tasks]

        def into_ledger() -> AbstractContextManager[Send]:
            return nullcontext(lambda number: ledger.intake.submit([tasks[number]]))

        due = send_all(rate, warm + count, partial(_over_http, url, ids) if over_http else into_ledger)
        eventually(lambda: ledger.views.counts()[queue]["SUCCESS"] == warm + count, within=60, every=0.1)
        began = [
            msgspec.json.decode(task.result, type=float)
            for first in range(0, len(ids), 1000)
            for task in ledger.views.tasks(ids[first : first + 1000])
            if task and task.result
        ]
    found.empty()
    found.drop_queues(queue, "bench-canary")
    return due[warm:], began[warm:]


def _theirs(found: Servers, directory: Path, concurrency: int, rate: float, count: int) -> Times:
    queue = QUEUES[found.queue_type]
    warm = int(count * WARM_UP)
    ids = [new_id() for _ in range(warm + count)]
    app = producer(found.rabbitmq_url, queue, confirm=True)
    results = found.redis(1)
    with celery(directory, found, queue, concurrency) as running:
        running.wait_until_held()
        running.go()

        def connect() -> AbstractContextManager[Send]:
            task = app.tasks["stamp"]
            return nullcontext(lambda number: task.apply_async((number, 2), queue=queue, task_id=ids[number]))

        def all_ended() -> list[float] | None:
            values = results.mget([f"celery-task-meta-{id}" for id in ids])
            records = [json.loads(value or b"{}") for value in values]
            ended = [record["result"] for record in records if record.get("status") == "SUCCESS"]
            return ended if len(ended) == len(ids) else None

        due = send_all(rate, warm + count, connect)
        began = eventually(all_ended, within=60, every=0.5)
    assert began is not None
    app.close()
    results.close()
    found.empty()
    found.drop_queues(queue)
    return due[warm:], began[warm:]


def _capacity(began: Sequence[float]) -> float:
    """Tasks a second, when all were due at once."""
    return len(began) / (max(began) - min(began))


def _latency(way: Callable[[float, int], Times], rate: float, count: int) -> Mapping[str, float]:
    due, began = way(rate, count)
    taken = [(start - at) * 1e3 for at, start in zip(due, began, strict=True)]
    return {"p50": quantile(taken, 0.5), "p99": quantile(taken, 0.99), "max": max(taken)}


@contextmanager
def _over_http(url: str, ids: Sequence[str]) -> Iterator[Send]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    connection.connect()

    def send(number: int) -> None:
        body = json.dumps({"task": "stamp", "args": [number, 2], "id": ids[number]})
        connection.request("POST", "/v1/tasks", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status == http.client.ACCEPTED, said

    try:
        yield send
    finally:
        connection.close()


if __name__ == "__main__":
    main(measure, __doc__)
