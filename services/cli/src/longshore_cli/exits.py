"""What the command's exit status means. `longshore --help` and docs list the same."""

from enum import IntEnum

from longshore.client import ApiUnreachable, Overloaded, Problem, StillRunning, UnusableKey
from longshore.errors import BrokerUnavailable, LedgerUnavailable, LongshoreError, WrongSetting
from longshore_cli.output_file import OutputRefused


class Exit(IntEnum):
    """Exit statuses."""

    DONE = 0
    FAILED = 1
    """The work failed: a task, a line of a file, a check of the doctor."""
    USAGE = 2
    UNREACHABLE = 3
    """The API, the ledger or the broker does not answer."""
    REFUSED = 4
    """The API understood and said no."""
    UNFINISHED = 5
    """The wait is over, the work goes on."""
    INTERRUPTED = 130
    PIPE_CLOSED = 141
    """Who read stdout went away, as `head` does: nothing is said, and the status is that of SIGPIPE."""


_MEANINGS: list[tuple[tuple[type[LongshoreError], ...], Exit]] = [
    ((StillRunning,), Exit.UNFINISHED),
    ((WrongSetting, UnusableKey, OutputRefused), Exit.USAGE),
    ((ApiUnreachable, Overloaded, LedgerUnavailable, BrokerUnavailable), Exit.UNREACHABLE),
    ((Problem,), Exit.REFUSED),
]


def exit_of(error: LongshoreError) -> Exit:
    """The exit status for an error that nothing caught."""
    return next((status for kinds, status in _MEANINGS if isinstance(error, kinds)), Exit.FAILED)
