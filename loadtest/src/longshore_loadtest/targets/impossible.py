"""The one error of targets and faults."""


class Impossible(Exception):
    """It cannot be done here; the message is the reason."""
