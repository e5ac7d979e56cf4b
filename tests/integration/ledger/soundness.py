"""What holds in every ledger at every moment, whatever has happened to it: what the audit finds, and more."""

from collections.abc import Iterator

from longshore.states import State
from longshore_ledger.audit import Audit
from longshore_ledger.connection import PREFIX, Connection


def problems(connection: Connection) -> list[str]:
    """Everything that does not hold. The scripts of `connection` are the real ones."""
    found = {f"{each.id}: {each.text}" for each in Audit(connection).inconsistencies()}
    return sorted({*found, *_damage(connection)})


def _damage(connection: Connection) -> Iterator[str]:
    """What is noted as damaged is, and is nothing else's excuse."""
    server = connection.redis
    for id, why in _texts(server.hgetall(f"{PREFIX}:damaged")).items():
        key = f"{PREFIX}:t:{id}"
        if id.startswith("batch ") or (server.exists(key) and server.type(key) != b"hash"):
            continue
        task = _texts(server.hgetall(key))
        if _reads_well(task):
            yield f"{id}: noted as damaged ({why}), but {task or 'not there'}"


def _reads_well(task: dict[str, str]) -> bool:
    if not task:
        return True
    numbers = all(task.get(name, "0").isdigit() for name in ("c", "p", "at", "dd", "u", "dl"))
    limit = task.get("tm", "1").replace(".", "").isdigit()
    texts = all(task.get(name) for name in ("st", "n", "q", "c", "p", "r", "a"))
    return numbers and limit and texts and task["st"] in list(State) and task.get("hi", "[").startswith("[")


def _texts(fields: dict[bytes, bytes]) -> dict[str, str]:
    return {name.decode(errors="replace"): value.decode(errors="replace") for name, value in fields.items()}
