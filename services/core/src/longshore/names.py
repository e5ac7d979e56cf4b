"""What tasks, queues and ids may be called. Safe in URLs, keys, broker queues, labels and file names."""

import re
import unicodedata
from typing import Final

NAME: Final = r"[A-Za-z0-9._-]{1,100}"
"""Of a queue or a task."""

TASK_ID: Final = r"[A-Za-z0-9._:-]{1,128}"
"""Of a task."""

BATCH_ID: Final = r"[A-Za-z0-9._:-]{1,100}"
"""Of a batch. Shorter: its chunks are the tasks `<batch>.<n>`."""

is_kept_queue: Final = re.compile(r"(?:amq|longshore)\..*").fullmatch
"""Names that RabbitMQ keeps for itself, and those of our own queues: no task goes there."""

is_name: Final = re.compile(NAME).fullmatch
is_task_id: Final = re.compile(TASK_ID).fullmatch
is_batch_id: Final = re.compile(BATCH_ID).fullmatch

_is_chunk: Final = re.compile(r".*\.[0-9]+").fullmatch
_STEPS: Final = frozenset({".", ".."})


def why_not_name(name: str) -> str | None:
    """Why a new queue, task or batch cannot have a name that has the right characters; None where it can."""
    return f"`{name}` means a folder in every address and would be out of reach" if name in _STEPS else None


def why_not_task_id(id: str) -> str | None:
    """Why a new task cannot have an id that has the right characters; None where it can."""
    if id == "all":
        return "`all` is what /status/all stands for"
    if _is_chunk(id):
        return "ids that end in a point and digits are those of the chunks of files (BATCH.0, BATCH.1, …)"
    return why_not_name(id)


FILE_NAME_LIMIT: Final = 255
"""Longest name of a file, bytes of UTF-8: what most file systems take."""

_NOT_IN_FILE_NAMES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories: controls, invisible marks (one reverses the text after it), surrogates, line ends."""


def file_name(given: str, ending: str = "") -> str:
    """The name of a file as it is kept and shown, with `ending` behind it; its folders are left out.

    Controls are dropped and the name before `ending` is cut so that all of it has 255 bytes at the most, its
    own ending (`.txt`) being kept where it is a short one. Empty when nothing is left.
    """
    base = re.split(r"[/\\]", given[-4 * FILE_NAME_LIMIT :])[-1]
    name = "".join(c for c in base if unicodedata.category(c) not in _NOT_IN_FILE_NAMES).strip()
    if not name.strip("."):
        return ""
    room = FILE_NAME_LIMIT - len(ending.encode())
    if len(name.encode()) > room:
        stem, dot, own = name.rpartition(".")
        kept = f".{own}" if stem and dot and len(own) <= 10 else ""
        stem = stem if kept else name
        name = stem.encode()[: room - len(kept.encode())].decode(errors="ignore") + kept
    return name + ending
