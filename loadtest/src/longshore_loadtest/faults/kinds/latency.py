"""A slow way between two parts."""

from longshore_loadtest.faults.hampered import Hampered
from longshore_loadtest.faults.proxy.toxics import Toxics


class Latency(Hampered):
    """All that passes the proxy on the way is late, in either direction."""

    name = "latency"
    summary = "100 to 150 ms more, each way, between two parts (a proxy on the way)"
    toxics = Toxics(delay=0.1, jitter=0.05)
