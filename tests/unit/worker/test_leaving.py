"""A process that ran users' modules ends when it is done, whatever they have started."""

import subprocess
import sys


def test_a_thread_that_never_ends_keeps_no_process() -> None:
    code = (
        "import sys, threading; from longshore_worker.leaving import leave\n"
        "threading.Thread(target=threading.Event().wait).start()\n"
        "sys.stdout.write('said'); leave(3)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], timeout=30, check=False, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout) == (3, "said")
