"""Submission that survives a crash: ours over HTTP against Celery's apply_async, with confirms and without.

Ours ends in a ledger that fsyncs, validated, with an id that may be sent again; theirs in a durable queue.
Their producer is spared its result backend, which would cost it a subscription a task.
"""

import http.client
import json
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from celery import Celery

from loadtest.benchmarks.environment import describe
from loadtest.benchmarks.interleave import interleave, quantile
from loadtest.benchmarks.noops import noop
from loadtest.benchmarks.options import Options
from loadtest.benchmarks.parts import api
from loadtest.benchmarks.raw import QUEUES, producer
from loadtest.benchmarks.servers import Servers, servers
from loadtest.benchmarks.stage import main
from loadtest.benchmarks.table import Figure, Report
from longshore import Client
from longshore.client.bulk import Submission
from longshore.ids import new_id
from longshore_ledger import Ledger


def measure(options: Options, directory: Path) -> Report:
    """Submit by all ways in turn."""
    with servers(options, directory) as found:
        environment = describe(options, found)
        queue = QUEUES[found.queue_type]
        confirming = producer(found.rabbitmq_url, queue, confirm=True)
        trusting = producer(found.rabbitmq_url, queue, confirm=False)
        ledger = Ledger.open(found.redis_url)
        ledger.catalogue.publish([noop.spec])
        with api(directory, found.redis_url, auth="none") as (_, url), Client(url) as client:
            rounds = interleave(
                options.rounds,
                {
                    "http bulk": partial(_bulk, client, options.size(20_000, 2_000)),
                    "apply_async confirmed": partial(_celery, confirming, found, options.size(3_000, 200)),
                    "http single": partial(_single, url, options.size(2_000, 100)),
                    "apply_async": partial(_celery, trusting, found, options.size(5_000, 200)),
                },
            )
        ledger.close()
        found.drop_queues(queue)
    bulk, single = "http bulk", "http single"
    figures = [
        Figure(
            "bulk over HTTP / confirmed apply_async",
            "x",
            rounds.ratio(bulk, "apply_async confirmed", "rate"),
            least=8,
        ),
        Figure(
            "bulk over HTTP / apply_async without confirms", "x", rounds.ratio(bulk, "apply_async", "rate")
        ),
        Figure("single over HTTP, p50", "ms", rounds.of(single, "p50"), most=5),
        Figure("single over HTTP, p99", "ms", rounds.of(single, "p99")),
        Figure(
            "single over HTTP / confirmed apply_async",
            "x",
            rounds.ratio(single, "apply_async confirmed", "rate"),
        ),
        Figure("confirmed apply_async, p50", "ms", rounds.of("apply_async confirmed", "p50")),
        Figure("bulk over HTTP", "tasks/s", rounds.of(bulk, "rate")),
        Figure("confirmed apply_async", "tasks/s", rounds.of("apply_async confirmed", "rate")),
        Figure("apply_async without confirms", "tasks/s", rounds.of("apply_async", "rate")),
    ]
    notes = ["one client, one connection, each; bulk is longshore.Client.submit_many, 1,000 tasks a request"]
    return Report("submit", "Durable submission", figures, environment, rounds, notes)


def _bulk(client: Client, count: int) -> Mapping[str, float]:
    began = time.perf_counter()
    answer = client.submit_many(Submission("noop", [number, 2]) for number in range(count))
    seconds = time.perf_counter() - began
    assert answer.accepted == count, answer
    return {"rate": count / seconds}


def _single(url: str, count: int) -> Mapping[str, float]:
    """The standard library's client: httpx would add half a millisecond of its own to each."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc)

    def send(number: int) -> None:
        body = json.dumps({"task": "noop", "args": [number, 2], "id": new_id()})
        connection.request("POST", "/v1/tasks", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        said = answer.read()
        assert answer.status == 202, said

    send(-1)
    found = _each(send, count)
    connection.close()
    return found


def _celery(app: Celery, found: Servers, count: int) -> Mapping[str, float]:
    queue = QUEUES[found.queue_type]

    def send(number: int) -> None:
        app.tasks["noop"].apply_async((number, 2), queue=queue)

    send(-1)
    measured = _each(send, count)
    found.purge(queue)
    return measured


def _each(send: Callable[[int], None], count: int) -> Mapping[str, float]:
    taken = []
    began = time.perf_counter()
    for number in range(count):
        at = time.perf_counter()
        send(number)
        taken.append((time.perf_counter() - at) * 1e3)
    seconds = time.perf_counter() - began
    return {"rate": count / seconds, "p50": quantile(taken, 0.5), "p99": quantile(taken, 0.99)}


if __name__ == "__main__":
    main(measure, __doc__)
