"""A real `longshore up` for tests that break it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from longshore_loadtest.faults.active_faults import ActiveFaults
from longshore_loadtest.faults.monkey import Monkey
from longshore_loadtest.faults.plan import Plan, Step
from longshore_loadtest.targets.local import LocalTarget
from longshore_loadtest.targets.processes import Process
from longshore_loadtest.targets.target import Local, Part
from tests.services.evidence import Evidence
from tests.services.ports import free_port
from tests.services.processes import Processes
from tests.services.waiting import eventually


class System:
    """A running system and its target."""

    def __init__(self, folder: Path, data: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.data = data
        self.target = LocalTarget(Local(str(data)))
        self._folder = folder

    def process(self, part: Part) -> Process:
        """The main process of a part."""
        (one,) = self.target.instances(part)
        return Process.of(one.uid)

    def endure(self, fault: str, place: str, seconds: float = 0.0) -> list[str]:
        """Have one fault; returns phases and, where it was skipped or could not begin, details."""
        told = list[str]()

        def tell(_fault: str, _place: str, phase: str, detail: str) -> None:
            said = phase in ("skipped", "failed", "given-up")
            told.append(f"{phase}: {detail}" if said else phase)

        plan = Plan([Step(0.0, fault, place, seconds, 1)])
        Monkey(self.target, plan, ActiveFaults(self._folder / "active_faults"), tell, recovery=60.0).run()
        return told


@contextmanager
def up(folder: Path, data: Path, evidence: Evidence) -> Iterator[System]:
    """`longshore up` with its data there, until the end."""
    processes = Processes(folder, evidence)
    port = free_port()
    try:
        program = processes.start("cli", "up", "--port", str(port), "--data", str(data), "-c", "2", data=data)
        eventually(
            lambda: '"event":"ready"' in program.log().replace(" ", "") or not program.alive(), within=60
        )
        assert program.alive(), program.log()
        yield System(folder, data, port)
    finally:
        processes.end()
