"""Stands in for `longshore up`, where only processes matter: `python -m tests.loadtest.stand_in DATA`.

It holds the data folder as the real one does and keeps a worker (with a child) and a scheduler: processes
that connect to a port and wait.
"""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

LONGEST = 120
"""Seconds after which every process ends by itself."""
_PART = f"""
import socket, subprocess, sys, time
time.sleep(0.1)
if sys.argv[1] == "longshore_worker":
    subprocess.Popen(["sleep", "{LONGEST}"])
connection = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
time.sleep({LONGEST})
"""


def main(data: Path) -> None:
    """Keep the parts until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    data.mkdir(exist_ok=True)
    with (
        (data / "running.json").open("w", encoding="utf-8") as file,
        socket.create_server(("127.0.0.1", 0)) as ledger,
    ):
        fcntl.flock(file, fcntl.LOCK_EX)
        port = ledger.getsockname()[1]
        note = {"pid": os.getpid(), "url": "http://127.0.0.1:9", "ledger": f"redis://127.0.0.1:{port}/0"}
        file.write(json.dumps(note))
        file.flush()
        _keep(port)


def _keep(port: int) -> None:
    parts: dict[str, subprocess.Popen[bytes]] = {}
    until = time.monotonic() + LONGEST
    try:
        while time.monotonic() < until:
            for module in ("longshore_worker", "longshore_scheduler"):
                if module not in parts or parts[module].poll() is not None:
                    command = [sys.executable, "-S", "-c", _PART, module, str(port)]
                    parts[module] = subprocess.Popen(command, start_new_session=True)
            time.sleep(0.02)
    finally:
        for part in parts.values():
            os.killpg(part.pid, signal.SIGKILL)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
