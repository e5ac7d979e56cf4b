"""What holds in every ledger at every moment, whatever has happened to it.

The promises rest on one question: who will bring this task on? A task that waits is planned in exactly one
place, one that is queued is counted among the copies outstanding (a broker that loses them is noticed by
that), and one that runs is held by a worker that the reconciler watches.
"""

from collections.abc import Iterator

import redis

from longshore.states import TERMINAL, WAITING
from tests.integration.ledger.snapshot import Snapshot


def problems(server: redis.Redis) -> list[str]:
    """Everything that does not hold."""
    snapshot = Snapshot.of(server)
    return sorted({*_cells(snapshot), *_plans(snapshot), *_holders(snapshot), *_batches(snapshot)})


def _cells(snapshot: Snapshot) -> Iterator[str]:
    """Each task is in the cell of its state, and in no other: counts and pages are true."""
    found: dict[str, list[str]] = {}
    for cell, members in snapshot.cells.items():
        for id, stamp in members.items():
            found.setdefault(id, []).append(cell)
            if id in snapshot.tasks and float(snapshot.tasks[id]["c"]) != stamp:
                yield f"{id}: stamped {stamp:.0f} in {cell}, {snapshot.tasks[id]['c']} in its record"
    for id, task in snapshot.tasks.items():
        cell = f"{task['st']}:{task['q']}:{task['n']}" + (":part" if "b" in task else "")
        if found.pop(id, None) != [cell]:
            yield f"{id}: {task['st']}, but in the cells {found.get(id)}"
    for id in found:
        yield f"{id}: counted, but not there"


def _plans(snapshot: Snapshot) -> Iterator[str]:
    """Each task is planned once where it waits, counted where a copy of it is out, and nowhere afterwards."""
    for id, task in snapshot.tasks.items():
        queue = task["q"]
        places = {
            "ready": id in snapshot.ready.get(queue, {}),
            "due": id in snapshot.due,
            "lease": id in snapshot.lease.get(queue, {}),
            "walk": _to_be_walked(snapshot, id, task),
        }
        planned = sorted(name for name, there in places.items() if there)
        out = id in snapshot.out.get(queue, {})
        if places["lease"] and not out:
            yield f"{id}: leased, but not outstanding"
        if task["st"] in WAITING and len(planned) != 1 and not _to_be_revoked(snapshot, id, task):
            yield f"{id}: {task['st']}, planned in {planned}"
        if task["st"] == "QUEUED" and ([name for name in planned if name != "walk"] or not out):
            yield f"{id}: QUEUED, planned in {planned}, outstanding: {out}"
        if task["st"] == "STARTED" and ([name for name in planned if name != "walk"] or out):
            yield f"{id}: STARTED, planned in {planned}, outstanding: {out}"
        if task["st"] in TERMINAL and (places["ready"] or places["due"]):
            yield f"{id}: {task['st']}, planned in {planned}"
    for name in ("ready", "lease", "out"):
        for members in getattr(snapshot, name).values():
            for id in members.keys() - snapshot.tasks.keys():
                yield f"{id}: in {name}, but not there"
    for id in snapshot.due.keys() - snapshot.tasks.keys():
        yield f"{id}: in due, but not there"


def _to_be_walked(snapshot: Snapshot, id: str, task: dict[str, str]) -> bool:
    """Whether it is a chunk that closing or revoking its batch still has to visit."""
    if "b" not in task:
        return False
    batch, number = snapshot.batches[task["b"]], int(id.rpartition(".")[2])
    if batch["st"] == "OPEN":
        return True
    ahead = task["b"] in snapshot.walks and number >= int(batch["walk"])
    return ahead and batch["st"] == "RUNNING" and number < int(batch["parts"])


def _to_be_revoked(snapshot: Snapshot, id: str, task: dict[str, str]) -> bool:
    if "b" not in task or task["b"] not in snapshot.walks:
        return False
    batch = snapshot.batches[task["b"]]
    return batch["st"] == "REVOKED" and int(id.rpartition(".")[2]) >= int(batch["walk"])


def _holders(snapshot: Snapshot) -> Iterator[str]:
    """Each task that runs is in the hands of one worker, which is watched; nobody else is asked about i"""
    held = {id: worker for worker, ids in snapshot.run.items() for id in ids}
    if len(held) != sum(map(len, snapshot.run.values())):
        yield "a task is in the hands of two workers"
    for id, task in snapshot.tasks.items():
        worker = task.get("k", "").partition(".")[0] if task["st"] == "STARTED" else None
        if held.pop(id, None) != worker:
            yield f"{id}: {task['st']} by {worker}, but not held so"
        if worker is not None and worker not in snapshot.workers:
            yield f"{id}: held by {worker}, which nobody watches"
    for id in held:
        yield f"{id}: held, but not there"
    for worker, ids in snapshot.cancel.items():
        for id in ids:
            task = snapshot.tasks.get(id, {})
            if task.get("st") != "STARTED" or "x" not in task or not task["k"].startswith(f"{worker}."):
                yield f"{id}: to be cancelled by {worker}, which does not run it"
    for member in snapshot.doubt:
        if member not in snapshot.doubts.get(member.rpartition("|")[2].partition(".")[0], set()):
            yield f"{member}: doubted, but nobody hears of it"


def _batches(snapshot: Snapshot) -> Iterator[str]:
    """Counters of batches are those of their lines; a batch ends with its last line."""
    for id, batch in snapshot.batches.items():
        total, done, failed = (int(batch[name]) for name in ("total", "done", "failed"))
        parts = [f"{id}.{n}" for n in range(int(batch["parts"]))]
        lines = [line for part in parts for line in snapshot.lines.get(part, []) if line != "?"]
        if (done, failed) != (len(lines), sum(line.startswith("!") for line in lines)):
            yield f"batch {id}: {done} done, {failed} failed, but {lines}"
        if total != sum(int(snapshot.tasks[part]["m"]) for part in parts):
            yield f"batch {id}: {total} lines, but not in its chunks"
        if not 0 <= failed <= done <= total:
            yield f"batch {id}: {failed} failed of {done} done of {total}"
        if (batch["st"] == "DONE") != (done == total and batch["st"] not in ("OPEN", "REVOKED")):
            yield f"batch {id}: {batch['st']} with {done} of {total} lines"
        if (batch["st"] == "OPEN") != (id in snapshot.uploads):
            yield f"batch {id}: {batch['st']}, an upload: {id in snapshot.uploads}"
        for n in range(int(batch["chunks"])):
            task = snapshot.tasks[f"{id}.{n}"]
            ended = task["st"] in TERMINAL
            if batch["st"] == "DONE" and not ended:
                yield f"batch {id}: DONE, its chunk {n} is {task['st']}"
            left = batch["st"] == "REVOKED" and not _to_be_revoked(snapshot, f"{id}.{n}", task)
            if left and not ended and task["st"] != "STARTED":
                yield f"batch {id}: REVOKED, its chunk {n} is {task['st']}"
