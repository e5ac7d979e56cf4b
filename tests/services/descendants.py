"""Processes and what they started."""

from pathlib import Path


def children_of(root: int) -> list[int]:
    """Processes that this one started, and theirs."""
    found, todo = list[int](), [root]
    while todo:
        pid = todo.pop()
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        todo += map(int, below)
        found += map(int, below)
    return found
