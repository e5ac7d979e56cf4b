"""RabbitMQ's memory alarm, which blocks every publisher."""

import re
import subprocess
from pathlib import Path
from typing import Final, Self

from msgspec.structs import replace

from longshore_loadtest.targets.disruptions.disruption import Disruption
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.processes import Process

_LONGEST: Final = 60.0
_USUAL: Final = "0.6"
"""The high watermark that RabbitMQ and the chart have."""


class Alarm(Disruption, frozen=True, tag="alarm"):
    """Sets the high watermark to nothing: whatever memory there is is too much."""

    former: str = ""
    """What it was: `0.6`, or `absolute 123456`."""

    def prepared(self, main: Process) -> Self:
        """Ask for it."""
        said = _ask(main, "eval", "vm_memory_monitor:get_vm_memory_high_watermark().")
        return replace(self, former=_words(said))

    def begin(self, main: Process) -> None:
        """Raise the alarm."""
        _ask(main, "set_vm_memory_high_watermark", "0")

    def end(self, main: Process) -> None:
        """Clear it. A broker that was started again has its own watermark."""
        if main.alive():
            _ask(main, "set_vm_memory_high_watermark", *(self.former or _USUAL).split())


def _ask(main: Process, *words: str) -> str:
    """Run rabbitmqctl where the broker runs: among its files, as its user, with its variables."""
    proc = Path(f"/proc/{main.pid}")
    owner = proc.stat()
    enter = ["nsenter", f"--target={main.pid}", "--mount", "--net", "--uts", "--pid"]
    enter += [f"--setuid={owner.st_uid}", f"--setgid={owner.st_gid}"]
    done = subprocess.run(
        [*enter, "rabbitmqctl", "--quiet", *words],
        env=main.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=_LONGEST,
    )
    if done.returncode:
        raise Impossible(f"rabbitmqctl {words[0]}: {(done.stderr or done.stdout).strip()[-300:]}")
    return done.stdout


def _words(said: str) -> str:
    """Erlang's `0.6`, `{absolute,123}` or `{absolute,"1GB"}`, as rabbitmqctl wants it."""
    absolute = re.search(r"absolute,\s*\"?(\w+)", said)
    return f"absolute {absolute[1]}" if absolute else said.strip()
