"""What holds in every ledger at every moment, whatever has happened to it.

The promises rest on one question: who will bring this task on? A task that waits is planned in exactly one
place, one that is queued is counted among the copies outstanding (a broker that loses them is noticed by
that), and one that runs is held by a worker that the reconciler watches.
"""

from collections import Counter
from collections.abc import Iterator

import redis

from longshore.states import TERMINAL, WAITING, State
from tests.integration.ledger.snapshot import Snapshot


def problems(server: redis.Redis) -> list[str]:
    """Everything that does not hold."""
    whole = Snapshot.of(server)
    snapshot = whole.without(whole.damaged)
    checks = (_cells, _plans, _holders, _batches)
    found = {problem for check in checks for problem in check(snapshot)}
    return sorted({*found, *_damage(whole), *_unfinished(whole)})


def _damage(snapshot: Snapshot) -> Iterator[str]:
    """What is noted as damaged is, and is nothing else's excuse."""
    for id in snapshot.damaged:
        task = snapshot.tasks.get(id, {})
        if not id.startswith("batch ") and id not in snapshot.odd and _reads_well(task):
            yield f"{id}: noted as damaged ({snapshot.damaged[id]}), but {task or 'not there'}"


def _reads_well(task: dict[str, str]) -> bool:
    if not task:
        return True
    numbers = all(task.get(name, "0").isdigit() for name in ("c", "p", "at", "dd", "u", "dl"))
    limit = task.get("tm", "1").replace(".", "").isdigit()
    texts = all(task.get(name) for name in ("st", "n", "q", "c", "p", "r", "a"))
    return numbers and limit and texts and task["st"] in list(State) and task.get("hi", "[").startswith("[")


def _cells(snapshot: Snapshot) -> Iterator[str]:
    """Each task is in the cell of its state, and in no other: counts and pages are true."""
    found: dict[str, list[str]] = {}
    for cell, members in snapshot.cells.items():
        for id, stamp in members.items():
            found.setdefault(id, []).append(cell)
            if id in snapshot.tasks and float(snapshot.tasks[id]["c"]) != stamp:
                yield f"{id}: stamped {stamp:.0f} in {cell}, {snapshot.tasks[id]['c']} in its record"
    for id, task in snapshot.tasks.items():
        cell = f"{task['st']}:{task['q']}:{task['n']}" + (":chunk" if "b" in task else "")
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
    return ahead and batch["st"] == "RUNNING" and number < int(batch["from_file"])


def _to_be_revoked(snapshot: Snapshot, id: str, task: dict[str, str]) -> bool:
    if "b" not in task or task["b"] not in snapshot.walks:
        return False
    batch = snapshot.batches[task["b"]]
    return (batch["st"] == "REVOKED" or "x" in batch) and int(id.rpartition(".")[2]) >= int(batch["walk"])


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


def _unfinished(snapshot: Snapshot) -> Iterator[str]:
    """Each key has the number of its tasks that have not ended; those without any are not there."""
    true = Counter(
        task["by"] for task in snapshot.tasks.values() if "by" in task and task.get("st") not in TERMINAL
    )
    kept = {key: int(number) for key, number in snapshot.unfinished.items()}
    if kept != dict(true):
        yield f"unfinished: {kept}, but {dict(true)}"


def _batches(snapshot: Snapshot) -> Iterator[str]:
    """Counters of batches are those of their lines; a batch ends with its last line."""
    for id, batch in snapshot.batches.items():
        total, done, failed = (int(batch[name]) for name in ("total", "done", "failed"))
        chunks = [f"{id}.{n}" for n in range(int(batch["from_file"]))]
        recorded = [line for chunk in chunks for line in snapshot.lines.get(chunk, [])]
        lines = [line for line in recorded if not line.startswith("?")]
        if (done, failed) != (len(lines), sum(line.startswith("!") for line in lines)):
            yield f"batch {id}: {done} done, {failed} failed, but {lines}"
        if total != sum(int(snapshot.tasks[chunk]["m"]) for chunk in chunks):
            yield f"batch {id}: {total} lines, but not in its chunks"
        if not 0 <= failed <= done <= total:
            yield f"batch {id}: {failed} failed of {done} done of {total}"
        if (batch["st"] == "DONE") != (done == total and batch["st"] not in ("OPEN", "REVOKED")):
            yield f"batch {id}: {batch['st']} with {done} of {total} lines"
        if (batch["st"] == "OPEN") != (id in snapshot.uploads):
            yield f"batch {id}: {batch['st']}, an upload: {id in snapshot.uploads}"
        if (batch["st"] in ("OPEN", "RUNNING")) != (id in snapshot.live):
            yield f"batch {id}: {batch['st']}, alive: {id in snapshot.live}"
        for n in range(int(batch["chunks"])):
            task = snapshot.tasks.get(f"{id}.{n}", {})
            if task.get("b") != id:
                continue  # anybody's, from before such names were the chunks' alone
            ended = task["st"] in TERMINAL
            if batch["st"] == "DONE" and not ended:
                yield f"batch {id}: DONE, its chunk {n} is {task['st']}"
            left = batch["st"] == "REVOKED" and not _to_be_revoked(snapshot, f"{id}.{n}", task)
            if left and not ended and task["st"] != "STARTED":
                yield f"batch {id}: REVOKED, its chunk {n} is {task['st']}"
