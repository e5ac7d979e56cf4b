"""A process whose output is gone, closed, full or not read goes on."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, sys
from longshore.output import protect_output
protect_output()
for _ in range(5000):
    print("x" * 100)
    print("y" * 100, file=sys.stderr, flush=True)
print("\\udc80")
sys.stdout.close()
print("after close", flush=True)
os.write(int(sys.argv[1]), b"went on")
"""


@pytest.mark.parametrize("output", ["gone", "closed", "full", "not read"])
def test_a_process_goes_on_without_its_output(output: str) -> None:
    # Given
    reading, writing = os.pipe()
    told, telling = os.pipe()
    argv = [sys.executable, "-c", PROGRAM, str(telling)]
    streams: dict[str, int] = {"stdout": writing, "stderr": writing}
    if output == "gone":
        os.close(reading)
    elif output == "closed":
        argv = ["sh", "-c", 'exec "$@" >&- 2>&- <&-', "sh", *argv]
    elif output == "full":
        full = os.open("/dev/full", os.O_WRONLY)
        streams = {"stdout": full, "stderr": full}

    # When
    process = subprocess.Popen(argv, pass_fds=[telling], **streams)  # type: ignore[call-overload]
    os.close(telling)

    # Then
    assert os.read(told, 100) == b"went on"
    assert process.wait(30) == 0


def test_what_can_be_written_is(tmp_path: Path) -> None:
    # Given
    target = tmp_path / "output"

    # When
    with target.open("wb") as file:
        argv = [sys.executable, "-c", PROGRAM, "1"]
        subprocess.run(argv, stdout=file, stderr=subprocess.DEVNULL, check=True, timeout=30)

    # Then
    lines = target.read_bytes().splitlines()
    assert lines[:5000] == [b"x" * 100] * 5000
    assert lines[5000:] == [b"\\udc80", b"after close", b"went on"]
