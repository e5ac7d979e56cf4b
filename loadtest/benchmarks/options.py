"""The command line that all benchmarks share."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Options:
    """How to measure."""

    quick: bool = False
    """Tiny sizes: shows that the benchmark runs, not how fast anything is."""
    rounds: int = 3
    """Interleaved runs of each side."""
    docker: bool = False
    """RabbitMQ 4.3 from Docker rather than the installed one."""
    queue_type: Literal["auto", "classic", "quorum"] = "auto"
    fsync: Literal["always", "everysec"] = "always"
    """Redis' `appendfsync`, for both sides."""
    concurrency: int = 2
    """Pool processes of a worker, on both sides."""
    output: Path = ROOT / "build" / "benchmarks"
    redis_url: str | None = None
    """Measure on this Redis (two of its databases, which must be empty) rather than on a private one."""
    rabbitmq_url: str | None = None

    def size(self, full: int, quick: int) -> int:
        """A count that depends on `--quick`."""
        return quick if self.quick else full


def read_options(description: str) -> Options:
    """Read the command line, and RABBITMQ_URL and REDIS_URL as the tests do."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="tiny sizes, one round: does it run at all?")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved runs of each side (3)")
    parser.add_argument("--docker", action="store_true", help="RabbitMQ 4.3 and Redis 8 from Docker")
    parser.add_argument("--queue-type", choices=["auto", "classic", "quorum"], default="auto")
    parser.add_argument("--fsync", choices=["always", "everysec"], default="always", help="of Redis (always)")
    parser.add_argument("--concurrency", type=int, default=2, help="pool processes a worker (2)")
    parser.add_argument("--output", type=Path, default=Options.output, help="where the JSON goes")
    given = parser.parse_args()
    return Options(
        quick=given.quick,
        rounds=1 if given.quick else given.rounds,
        docker=given.docker,
        queue_type=given.queue_type,
        fsync=given.fsync,
        concurrency=given.concurrency,
        output=given.output,
        redis_url=os.environ.get("REDIS_URL"),
        rabbitmq_url=os.environ.get("RABBITMQ_URL"),
    )
