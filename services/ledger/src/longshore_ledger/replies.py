"""What an error reply of the ledger's server is about: an item of the call, or the server itself."""

import re
from typing import Any, Final

import redis

_IN_A_SCRIPT: Final = re.compile(r" script: [0-9a-f]{40}, on @user_script")
"""Redis and Valkey append this to every error that ends a script, whatever raised it."""
_OF_THE_SERVER: Final = re.compile(
    r"The user executing the script|ACL failure|Script killed by user|nknown (Redis )?command|"
    r"not allowed from script|non local key"
)
"""Errors with the code ERR that end a script and are about permissions, renamed commands or a cluster."""

_ELSEWHERE: Final = frozenset(
    {"READONLY", "MASTERDOWN", "LOADING", "MOVED", "ASK", "CLUSTERDOWN", "NOREPLICAS", "UNBLOCKED"}
)


def code(error: Exception) -> str:
    """The first word of the reply: `ERR`, `BUSY`, `READONLY`."""
    known = getattr(error, "status_code", None)  # the client library cuts off the codes that it knows
    return str(known or str(error).partition(" ")[0])


def is_about_an_item(error: Exception) -> bool:
    """Whether one of our scripts failed on the data of this call.

    Only then does it help to send the rest of a call without it. Every other error reply is about the server
    (BUSY, NOPERM, READONLY, LOADING, MISCONF, one that a later version brings), and passes with its cause.
    """
    text = str(error)
    return (
        isinstance(error, redis.ResponseError)
        and code(error) in {"ERR", "WRONGTYPE"}
        and _IN_A_SCRIPT.search(text) is not None
        and _OF_THE_SERVER.search(text) is None
    )


def is_of_another_type(answer: object) -> bool:
    """Whether a plain command was answered that its key holds something else: that key is damaged."""
    return (
        isinstance(answer, redis.ResponseError)
        and code(answer) == "WRONGTYPE"
        and _IN_A_SCRIPT.search(str(answer)) is None
    )


def apart_from_damage(answers: list[Any]) -> list[Any]:
    """The answers of a pipeline that was told not to raise; None for each key that holds something else.

    Raises the first error of another kind.
    """
    for answer in answers:
        if isinstance(answer, redis.RedisError) and not is_of_another_type(answer):
            raise answer
    return [None if isinstance(answer, redis.RedisError) else answer for answer in answers]


def is_from_the_wrong_server(error: Exception) -> bool:
    """Whether the reply says that this server is not the ledger, or not any more.

    After a failover behind one address (a proxy, a DNS name, a Kubernetes service) a connection stays with
    the server that it was opened to; a new one reaches the new primary.
    """
    return code(error) in _ELSEWHERE
