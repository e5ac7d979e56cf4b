"""A way between two parts on which packets get lost."""

from longshore_loadtest.faults.hampered import Hampered
from longshore_loadtest.faults.proxy.toxics import Toxics


class Loss(Hampered):
    """One piece in twenty is lost. TCP sends it again: it is late, and all behind it."""

    name = "loss"
    summary = "5 % of the packets lost, as TCP feels it, between two parts (a proxy on the way)"
    toxics = Toxics(loss=0.05)
