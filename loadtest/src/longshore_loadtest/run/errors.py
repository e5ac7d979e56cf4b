"""What keeps a run from being one."""


class CannotRun(Exception):
    """The message says what is missing, and how to get it."""
