"""A file of 1,000,000 lines `a b` through the API: how long, and what it costs the API in memory.

The upload is streamed in, the output streamed out and compared line by line. Memory is the sum of the peaks
of the API's processes over what they held idle, after a small file has made them load what they load late.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from loadtest.benchmarks.environment import describe
from loadtest.benchmarks.interleave import interleave
from loadtest.benchmarks.options import Options
from loadtest.benchmarks.parts import Part, api
from loadtest.benchmarks.processor import peak, reset_peak, resident
from loadtest.benchmarks.servers import Servers, servers
from loadtest.benchmarks.sides import scheduler, worker
from loadtest.benchmarks.stage import main
from loadtest.benchmarks.table import Figure, Report
from longshore import Client
from longshore_ledger import Ledger
from tests.services.waiting import eventually

MIB = 1024 * 1024
QUEUE = "add"


def measure(options: Options, directory: Path) -> Report:
    """Upload, wait, download, compare."""
    lines = options.size(1_000_000, 2_000)
    text = directory / "numbers.txt"
    with text.open("w") as file:
        file.writelines(f"{number} {number % 97}\n" for number in range(lines))
    with servers(options, directory) as found:
        environment = describe(options, found)
        run = partial(_file, found, directory, options.concurrency, text, lines)
        rounds = interleave(options.rounds, {"file": run})
    figures = [
        Figure("API's peak memory over idle", "MiB", rounds.of("file", "peak"), most=64),
        Figure(f"{lines:,} lines, upload to last result", "s", rounds.of("file", "whole")),
        Figure("lines a second", "lines/s", rounds.of("file", "rate")),
        Figure("of that the upload", "s", rounds.of("file", "upload")),
        Figure("the output's download", "s", rounds.of("file", "download")),
        Figure("API idle", "MiB", rounds.of("file", "idle")),
    ]
    notes = ["every line of the output compared; examples' add, no time limit, prefork"]
    return Report("file", f"A file of {lines:,} lines", figures, environment, rounds, notes)


def _file(found: Servers, directory: Path, concurrency: int, text: Path, lines: int) -> Mapping[str, float]:
    found.empty()
    with ExitStack() as stack:
        ledger = Ledger.open(found.redis_url)
        stack.callback(ledger.close)
        stack.enter_context(scheduler(directory, found, ledger))
        stack.enter_context(worker(directory, found, concurrency, QUEUE)).go()
        part, url = stack.enter_context(api(directory, found.redis_url, auth="none"))
        client = stack.enter_context(Client(url))
        eventually(lambda: "add" in ledger.catalogue.read(), within=30)
        _warm_up(client)
        found_values = _measured(client, ledger, part, text, lines)
    found.empty()
    found.drop_queues(QUEUE, "bench-canary")
    return found_values


def _warm_up(client: Client) -> None:
    with tempfile.NamedTemporaryFile() as small:
        small.write(b"1 2\n" * 20)
        small.flush()
        batch = client.upload(small.name, "add")
        batch.wait(30)
        assert b"".join(client.batch_bytes(batch.id, "output")) == b"3\n" * 20


def _measured(client: Client, ledger: Ledger, part: Part, text: Path, lines: int) -> dict[str, float]:
    idle = resident(part.program.pid)
    reset_peak(part.program.pid)
    began = time.perf_counter()
    batch = client.upload(text, "add")
    uploaded = time.perf_counter()
    part.wait_for(lambda: (seen := ledger.batches.get(batch.id)) and seen.state == "DONE", within=600)
    done = time.perf_counter()
    for expected, line in zip(range(lines), _lines(client, batch.id), strict=True):
        assert line == b"%d" % (expected + expected % 97), (expected, line)
    downloaded = time.perf_counter()
    return {
        "whole": done - began,
        "rate": lines / (done - began),
        "upload": uploaded - began,
        "download": downloaded - done,
        "idle": idle / MIB,
        "peak": (peak(part.program.pid) - idle) / MIB,
    }


def _lines(client: Client, batch: str) -> Iterator[bytes]:
    rest = b""
    for piece in client.batch_bytes(batch, "output"):
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
    if rest:
        yield rest


if __name__ == "__main__":
    main(measure, __doc__)
