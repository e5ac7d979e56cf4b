"""The diagram of states."""

from typing import Final

from longshore.states import MOVES, TERMINAL, State

WHY: Final = {
    (State.PENDING, State.QUEUED): "the broker confirmed",
    (State.PENDING, State.STARTED): "begun before the confirm came back",
    (State.PENDING, State.REVOKED): "cancelled",
    (State.RETRY, State.QUEUED): "the broker confirmed",
    (State.RETRY, State.STARTED): "begun before the confirm came back",
    (State.RETRY, State.REVOKED): "cancelled",
    (State.QUEUED, State.STARTED): "a worker begins",
    (State.QUEUED, State.PENDING): "released (pause, drain, unknown task, copy lost)",
    (State.QUEUED, State.REVOKED): "cancelled",
    (State.STARTED, State.SUCCESS): "returned",
    (State.STARTED, State.FAILURE): "failed for the last time",
    (State.STARTED, State.REVOKED): "stopped by a cancel",
    (State.STARTED, State.RETRY): "failed, attempts left",
    (State.STARTED, State.PENDING): "released (drain, worker vanished)",
    (State.FAILURE, State.PENDING): "retried by hand",
    (State.REVOKED, State.PENDING): "retried by hand",
}
"""What each legal move is called in the diagram."""


def state_diagram() -> str:
    """Mermaid's picture of `longshore.states.MOVES`."""
    order = list(State)
    moves = [(source, target) for source, targets in MOVES.items() for target in targets]
    moves.sort(key=lambda move: (order.index(move[0]), order.index(move[1])))
    lines = ["```mermaid", "stateDiagram-v2", "    direction LR", "    [*] --> PENDING : accepted"]
    lines += [f"    {source} --> {target} : {WHY[source, target]}" for source, target in moves]
    lines += [f"    {state} --> [*]" for state in order if state in TERMINAL]
    return "\n".join([*lines, "```"])
