"""Counts and the first page, with 1,000 and with 1,000,000 tasks in the ledger.

Both ledgers are databases of one Redis, of one shape: three queues, tasks finished and waiting. Reads of the
small one, of the small one again (so that the noise is seen) and of the large one take turns, one by one.
"""

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import httpx

from loadtest.benchmarks.environment import describe
from loadtest.benchmarks.filling import finish, submit
from loadtest.benchmarks.interleave import Rounds, quantile
from loadtest.benchmarks.options import Options
from loadtest.benchmarks.parts import api
from loadtest.benchmarks.servers import servers
from loadtest.benchmarks.stage import main
from loadtest.benchmarks.table import Figure, Report
from longshore_ledger import Ledger

QUEUES = ("add", "multiply", "wordcount")
FILTERS = ("state=SUCCESS", f"queue={QUEUES[0]}", f"task={QUEUES[1]}", "until=2100-01-01T00:00:00Z")
PATHS = ("/v1/stats", "/v1/queues", "/v1/tasks", *(f"/v1/tasks?{filter}" for filter in FILTERS))
FINISHED = 0.25
"""Share of the tasks that has run."""
NOISE = 1.15
"""Ratio of medians up to which two are the same."""
SMALL = 1_000

Read = Callable[[], object]


def measure(options: Options, directory: Path) -> Report:
    """Fill two ledgers and read them in turn."""
    large = options.size(1_000_000, 10_000)
    reads = options.size(300, 30)
    with servers(options, directory, broker=False, durable=False) as found:
        environment = describe(options, found)
        ledgers = [Ledger.open(found.database(place)) for place in (0, 1)]
        for ledger, count in zip(ledgers, (SMALL, large), strict=True):
            _fill(ledger, count)
        with (
            api(directory, found.database(0), auth="none") as (_, one),
            api(directory, found.database(1), auth="none") as (_, other),
            httpx.Client(trust_env=False) as http,
        ):
            pairs: dict[str, tuple[Read, Read]] = {
                "counts": (ledgers[0].views.counts, ledgers[1].views.counts),
                "page": (ledgers[0].views.page, ledgers[1].views.page),
            }
            for path in PATHS:
                pairs[f"GET {path}"] = (partial(_get, http, one + path), partial(_get, http, other + path))
            rounds = _read(options.rounds, reads, pairs)
        for ledger in ledgers:
            ledger.close()
        found.empty()
    figures = [
        Figure(
            f"{what}: {large:,} over {SMALL:,} tasks",
            "x",
            rounds.ratio(f"{what}, large", f"{what}, small", "p50"),
            most=NOISE,
        )
        for what in pairs
    ]
    slowest = max(pairs, key=lambda what: rounds.of(f"{what}, large", "p50").median)
    noise = [rounds.ratio(f"{what}, again", f"{what}, small", "p50") for what in pairs]
    notes = [
        f"ratios of medians of {reads} reads each, in turn; a quarter of the tasks finished, three queues",
        f"the small ledger over itself: {min(n.low for n in noise):.2f} - {max(n.high for n in noise):.2f} x",
        f"slowest with {large:,}: {slowest}, p50 {rounds.of(f'{slowest}, large', 'p50').median:.1f} ms",
    ]
    return Report("counts", "Reads of a small and of a large ledger", figures, environment, rounds, notes)


def _fill(ledger: Ledger, count: int) -> None:
    for queue in QUEUES:
        share = count // len(QUEUES)
        submit(ledger, share, queue, queue)
        finish(ledger, int(share * FINISHED), queue)


def _read(rounds: int, reads: int, pairs: Mapping[str, tuple[Read, Read]]) -> Rounds:
    result = Rounds()
    for number in range(1, rounds + 1):
        for what, (small, large) in pairs.items():
            taken = _in_turn(reads, {"small": small, "again": small, "large": large})
            for side, milliseconds in taken.items():
                result.sides.setdefault(f"{what}, {side}", []).append(milliseconds)
            both = ", ".join(f"{taken[side]['p50']:.2f}" for side in taken)
            print(f"round {number}/{rounds}  {what}: p50 {both} ms")
    return result


def _in_turn(reads: int, sides: Mapping[str, Read]) -> dict[str, dict[str, float]]:
    taken: dict[str, list[float]] = {side: [] for side in sides}
    turns = list(sides.items())
    for _ in range(reads):
        turns.append(turns.pop(0))  # nobody is always the first after somebody else
        for side, read in turns:
            began = time.perf_counter()
            read()
            taken[side].append((time.perf_counter() - began) * 1e3)
    return {side: {"p50": quantile(ms, 0.5), "p99": quantile(ms, 0.99)} for side, ms in taken.items()}


def _get(http: httpx.Client, url: str) -> object:
    return http.get(url).raise_for_status()


if __name__ == "__main__":
    main(measure, __doc__)
