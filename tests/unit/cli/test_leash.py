"""When the supervisor is killed and cannot stop its parts, the leash does."""

import subprocess
import sys
from pathlib import Path

from tests.services.waiting import Eventually

from .gone import gone

_SUPERVISOR = """
import asyncio, sys
from longshore_cli.up.leashed import Leash
from longshore_cli.up.log import Log
from longshore_cli.up.part import Recipe
from longshore_cli.up.supervisor import Supervisor

child = '''
import os, signal, sys, pathlib
folder = pathlib.Path(sys.argv[1])
signal.signal(signal.SIGTERM, lambda *_: ((folder / "ended well").touch(), os._exit(0)))
if sys.argv[2] == "forks" and os.fork() == 0:
    (folder / "grandchild").write_text(str(os.getpid()))
    while True: signal.pause()
(folder / sys.argv[2]).write_text(str(os.getpid()))
while True: signal.pause()
'''

async def main():
    with Leash() as leash:
        supervisor = Supervisor(Log("json"), leash)
        def recipe(what, **given):
            return Recipe(what, [sys.executable, "-S", "-c", child, sys.argv[1], what], **given)
        forks, keeps = recipe("forks"), recipe("keeps", keeps_data=True)
        await supervisor.start((forks, lambda part: part.pid), (keeps, lambda part: part.pid))
        await asyncio.sleep(600)

asyncio.run(main())
"""


def test_everything_ends_with_a_killed_supervisor_and_the_ledger_well(
    tmp_path: Path, eventually: Eventually
) -> None:
    # Given
    supervisor = subprocess.Popen([sys.executable, "-c", _SUPERVISOR, str(tmp_path)])
    files = [tmp_path / name for name in ("forks", "grandchild", "keeps")]
    eventually(lambda: all(file.exists() and file.read_text() for file in files), within=20)
    pids = [int(file.read_text()) for file in files]

    # When
    supervisor.kill()
    supervisor.wait()

    # Then
    eventually(lambda: all(map(gone, pids)))
    assert (tmp_path / "ended well").exists()
