"""Free ports for servers that tests start."""

import random
import socket

# Below the kernel's ephemeral range (32768 and up): a client that keeps trying to reach a server that is down
# would otherwise, sooner or later, be given the server's own port and connect to itself.
FIRST, LAST = 20_000, 32_000


def free_port() -> int:
    """Return a TCP port on 127.0.0.1 that nothing listens on now."""
    while True:
        port = random.randint(FIRST, LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
