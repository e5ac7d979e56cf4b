"""Ports that are free, or whose they are not."""

import random
import socket
from typing import Final

from longshore.errors import LongshoreError

_FIRST: Final = 20_000
_LAST: Final = 32_000
"""Below what kernels give to outgoing connections: a client that keeps trying to reach a server that is down
would sooner or later be given the server's own port, and connect to itself."""


class PortTaken(LongshoreError):
    """The port is taken.

    Port {port} of {host} cannot be used for the {part}: {reason}. Choose another with {option}; 0 is any free
    one.
    """


def free_port(host: str, wanted: int, *, part: str, option: str) -> int:
    """`wanted`, or for 0 a free one. Raises PortTaken."""
    tries = [wanted] if wanted else random.sample(range(_FIRST, _LAST), 50)
    for port in tries:
        try:
            _bind(host, port)
        except (OSError, UnicodeError) as error:  # UnicodeError: no name of a host
            failure = error
        else:
            return port
    reason = (getattr(failure, "strerror", None) or str(failure)).lower()
    raise PortTaken(port=wanted, host=host, part=part, reason=reason, option=option) from failure


def _bind(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the servers do it: what merely lingers from an earlier connection is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        probe.listen(1)
